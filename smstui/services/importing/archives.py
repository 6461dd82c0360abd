"""Members of zip archives, unpacked piece by piece: none gives more than it claims, and all claim little enough."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from smstui.services.importing.refusals import DamagedFile, UnpacksTooBig
from smstui.services.importing.sheet import MEGABYTE

UNPACKED_LIMIT: Final = 256 * 1024 * 1024
"""Octets of all members together."""
_PIECE: Final = MEGABYTE
"""Octets that are unpacked at once."""
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
"""Signature, length of the name, length of the extra field: where both end, the data starts."""
_LOCAL_SIGNATURE: Final = b"PK\3\4"
_ENCRYPTED: Final = 1


class Archive:
    """A zip archive in memory."""

    def __init__(self, octets: bytes) -> None:
        """Raises DamagedFile, UnpacksTooBig."""
        self._octets = octets
        try:
            with zipfile.ZipFile(io.BytesIO(octets)) as archive:
                self.members = [each for each in archive.infolist() if not each.is_dir()]
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
            raise DamagedFile from None
        if sum(each.file_size for each in self.members) > UNPACKED_LIMIT:
            raise UnpacksTooBig(UNPACKED_LIMIT // MEGABYTE)

    def pieces(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """What `member` holds, at most a megabyte at a time. Raises DamagedFile when it is not what it claims to be."""
        size = checksum = 0
        for piece in self._unpacked(member):
            size += len(piece)
            if size > member.file_size:
                raise DamagedFile
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if (size, checksum) != (member.file_size, member.CRC):
            raise DamagedFile

    def _unpacked(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        start = member.header_offset
        header = self._octets[start : start + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or not header.startswith(_LOCAL_SIGNATURE):
            raise DamagedFile
        _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        start += _LOCAL_HEADER.size + name_length + extra_length
        packed = memoryview(self._octets)[start : start + member.compress_size]
        if len(packed) < member.compress_size or member.flag_bits & _ENCRYPTED:
            raise DamagedFile
        match member.compress_type:
            case zipfile.ZIP_STORED:
                return (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
            case zipfile.ZIP_DEFLATED:
                return _inflated(packed)
            case _:
                raise DamagedFile


def _inflated(packed: memoryview) -> Iterator[bytes]:
    """`packed`, as deflate made it, unpacked. Raises DamagedFile, also when its end is missing."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = packed
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail
            if not piece and not rest and not unpacker.eof:
                raise DamagedFile
            yield piece
    except zlib.error:
        raise DamagedFile from None
