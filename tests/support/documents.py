"""Small documents, made by hand: each is exactly as good or as bad as a test needs it."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_FONTS = {"regular": "Helvetica", "bold": "Helvetica-Bold", "fixed": "Courier"}


@dataclass(frozen=True)
class Words:
    """Some words of a page, in points from its lower left corner."""

    text: str
    x: float = 72
    y: float = 700
    size: float = 11
    font: str = "regular"


def lines(*texts: str, x: float = 72, top: float = 700, size: float = 11, font: str = "regular") -> list[Words]:
    """Lines one under another, as far apart as those of a book."""
    return [Words(text, x, top - number * size * 1.2, size, font) for number, text in enumerate(texts)]


def pdf(*pages: Sequence[Words], title: str = "", password: str = "") -> bytes:
    """A PDF of these pages; with a password nobody reads it without. Letters are those of Windows' Latin alphabet."""
    fonts = "".join(f"/{name} {number} 0 R " for number, name in enumerate(_FONTS, start=3))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{6 + 2 * n} 0 R' for n in range(len(pages)))}]>>".encode(),
        *(
            f"<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding>>".encode()
            for font in _FONTS.values()
        ),
    ]
    for number, page in enumerate(pages):
        content = b"\n".join(_shown(words) for words in page)
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<<{fonts}>>>>"
            f"/Contents {7 + 2 * number} 0 R>>".encode(),
            _stream(content),
        ]
    trailer = "/Root 1 0 R"
    if title:
        objects.append(f"<</Title({title})>>".encode())
        trailer += f"/Info {len(objects)} 0 R"
    if password:
        objects.append(_encryption(password))
        trailer += f"/Encrypt {len(objects)} 0 R/ID[<{'00' * 16}><{'00' * 16}>]"
    return pdf_of(objects, trailer)


def pdf_of(objects: Sequence[bytes], trailer: str = "/Root 1 0 R") -> bytes:
    """A PDF file of these objects, numbered from 1."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + f"trailer<</Size {len(objects) + 1}{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode())


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


def _shown(words: Words) -> bytes:
    text = words.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    place = f"BT /{words.font} {words.size} Tf 1 0 0 1 {words.x} {words.y} Tm (".encode()
    return place + text + b") Tj ET"


def _encryption(password: str) -> bytes:
    """The standard security handler, revision 2 (PDF 1.7, 7.6.3): only what a reader checks a password by."""
    padded = (password.encode() + _PADDING)[:32]
    owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
    key = hashlib.md5(padded + owner + b"\xfc\xff\xff\xff" + bytes(16)).digest()[:5]
    user = _rc4(key, _PADDING)
    return f"<</Filter/Standard/V 1/R 2/O<{owner.hex()}>/U<{user.hex()}>/P -4>>".encode()


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def docx(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word file with `body` in its body and other parts as they are given."""
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **(parts or {})})


def zipped(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
