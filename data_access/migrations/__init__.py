"""Schema revisions (Alembic); data_access.migrate runs them."""
