"""The agreement report on paper: values become blocks, and one typst template lays blocks out.

All words and numbers are made here; the template knows fonts, colours and spaces only.
"""
