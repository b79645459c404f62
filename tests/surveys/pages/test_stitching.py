"""Pages that are compressed once and put together per request."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.stitching import Stitched


@given(st.binary(max_size=5000), st.binary(max_size=300), st.binary(max_size=5000))
def test_the_stitched_page_is_the_page(head: bytes, middle: bytes, tail: bytes) -> None:
    """Decompressing gives the plain page, whatever its parts are; the checksum and the length are right."""
    stitched = Stitched.around(head, tail)

    assert stitched.plain(middle) == head + middle + tail
    assert gzip.decompress(stitched.gzip(middle)) == stitched.plain(middle)


def test_one_page_takes_any_number_of_middles() -> None:
    """The compressed parts are not used up."""
    stitched = Stitched.around(b"before " * 100, b" after" * 100)

    for middle in (b"", b"one", b"x" * 0xFFFF):
        assert gzip.decompress(stitched.gzip(middle)) == stitched.plain(middle)


def test_repetition_is_compressed() -> None:
    """The parts around the middle are really compressed."""
    assert len(Stitched.around(b"again " * 2000, b"again " * 2000).gzip(b"once")) < 300


def test_too_long_a_middle_is_refused() -> None:
    """A stored block has a largest size; more would be a broken page."""
    with pytest.raises(ValueError, match="65535"):
        Stitched.around(b"", b"").gzip(b"x" * 0x10000)
