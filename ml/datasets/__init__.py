"""What a data set is on disk, and how raw sources of pictures with captions are read. Knows no
job: importing, filtering and whoever reads a data set stand on it.
"""
