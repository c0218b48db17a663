"""The one way in for cases 案件导入, from files and from connectors."""

from jobs.ingest.delivery import ingest_rows
from jobs.ingest.files import import_file
from jobs.ingest.incoming import BatchReport, ImportRefused, IncomingCase, Policies, Problem

__all__ = [
    "BatchReport",
    "ImportRefused",
    "IncomingCase",
    "Policies",
    "Problem",
    "import_file",
    "ingest_rows",
]
