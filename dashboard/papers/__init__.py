"""Official papers 公文 as DOCX, laid out as GB/T 9704-2012 has it; knows no SQL and no screen."""
