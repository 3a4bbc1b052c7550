"""XLSX workbooks: read by calamine after the archive was checked, written by XlsxWriter row by row."""
