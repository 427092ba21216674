"""What goes wrong with a file that claims to be a picture."""

import struct
import zlib

from PIL import Image

# What Pillow's decoders raise on damaged files, collected from its own fuzzing corpus: the list is
# written out so that a mistake of ours is never taken for a broken picture.
DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError,
    AttributeError, struct.error, zlib.error, Image.DecompressionBombError,
    RuntimeError,  # of the AVIF decoder
)  # fmt: skip
