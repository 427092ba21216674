"""Report values become charts, PDF, JSON, CSV and Parquet. No database, queue or web."""
