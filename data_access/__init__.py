"""The database and the shape of what it returns; knows nothing of screens or KPIs."""
