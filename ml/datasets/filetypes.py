"""What a file is, by its first bytes. Names and extensions are claims; bytes are not."""

HEAD_BYTES = 512

_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
# Pillow's decoders that may be used at all. PostScript, fonts, films and the rest stay shut.
PICTURE_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF")

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", "a Parquet file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"ARROW1", "an Arrow file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf'\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"#!", "a script"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
_OLDEST_BINARY_PICKLE, _NEWEST_PICKLE = 2, 5


def find_picture_format(head: bytes) -> str | None:
    for magic, name in _PICTURES:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "AVIF"
    return None


def is_pickle(head: bytes) -> bool:
    return len(head) > 2 and head[0] == 0x80 and _OLDEST_BINARY_PICKLE <= head[1] <= _NEWEST_PICKLE  # noqa: PLR2004 - the PROTO opcode of the pickle format


def name_contents(head: bytes) -> str:
    """Words for a sentence such as 'it is ...'."""
    if not head:
        return "empty"
    picture = find_picture_format(head)
    if picture is not None:
        return f"a {picture} picture"
    if is_pickle(head):
        return "a Python pickle"
    for magic, name in _OTHERS:
        if head.startswith(magic):
            return name
    return _name_text(head)


def _name_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start:
        return "an SVG drawing"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "an HTML page"
    if start.startswith(b"<?xml"):
        return "an XML document"
    if b"\x00" in head:
        return "of an unknown binary kind"
    return "text"
