"""Foreign text as every database can keep it."""


def storable(text: str) -> str:
    """`text` without NUL characters; each half of a surrogate pair that stands alone becomes U+FFFD."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
