"""A study of distillation as charts, tables, words, documents and files."""
