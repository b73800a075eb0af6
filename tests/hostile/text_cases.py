"""Files that are spoilt as bytes, as text or as STEP."""

import gzip
import random
import zlib

from .case import loaded, refused
from .sheet import END, Sheet

HUGE_BYTES = 10 * 2**20
WALL = "IFCWALL('2wall00000000000000002',$,{name},$,$,$,$,$,$)"


def base():
    return Sheet().bytes()


def cut(mark, after=0):
    data = base()
    return data[: data.index(mark) + after]


def closed(mark, after):
    """Return the base model cut off, with the end of a whole file behind it."""
    return cut(mark, after) + b"\n" + END.encode()


def statement(body, schema="IFC4"):
    sheet = Sheet(schema)
    sheet.add(body)
    return sheet.bytes()


def line(raw):
    """Return the base model with `raw` bytes as its last line of data."""
    return base().replace(b"\nENDSEC;\nEND-ISO", b"\n" + raw + b"\nENDSEC;\nEND-ISO")


def named(name):
    """Return the base model with a wall of that name, written raw."""
    return line(b"#9001=" + WALL.encode().replace(b"{name}", b"'" + name + b"'") + b";")


def swap(old, new, count=1):
    data = base()
    assert old in data
    return data.replace(old, new, count)


FILE_NAME = b"('house.ifc','2026-01-02T03:04:05',('a'),('o'),'exporter 1','author 2','')"


def header(*drop):
    lines = base().decode().splitlines(keepends=True)
    return "".join(item for item in lines if not item.startswith(drop)).encode()


def noise():
    return random.Random(7).randbytes(65_536)


def png():
    body = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + len(body).to_bytes(4, "big") + b"IDAT" + body


FORMATS = (
    refused("empty", lambda: b"", "empty"),
    refused("blank", lambda: b" \r\n\t\n" * 1000, "empty"),
    refused("nul-bytes", lambda: bytes(4096), "not-step"),
    refused("random", noise, "not-step"),
    refused("pdf", lambda: b"%PDF-1.7\n1 0 obj\n" + noise(), "not-step"),
    refused("png", png, "not-step"),
    refused("jpeg", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + noise(), "not-step"),
    refused("json", lambda: b'{"type": "ifcJSON", "data": []}', "not-step"),
    refused("ifcxml", lambda: b'<?xml version="1.0"?><ifcXML/>', "not-step"),
    refused("gzip", lambda: gzip.compress(base(), mtime=0), "not-step"),
    refused("seven-zip", lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + noise(), "not-step"),
    refused("magic-only", lambda: b"ISO-10303-21;", "truncated"),
    refused("frame-only", lambda: b"ISO-10303-21;END-ISO-10303-21;", "schema-unknown"),
    refused("other-schema-of-step", lambda: statement("IFCWALL()", "AUTOMOTIVE_DESIGN"), "schema-unknown"),
    refused("long-schema-token", lambda: Sheet("I" * 2**20).bytes(), "schema-unknown"),
    refused("schema-of-the-future", lambda: Sheet("IFC5").bytes(), "schema-unknown"),
    loaded("several-schemas", lambda: swap(b"('IFC4')", b"('IFC4','IFC2X3')"), "schema.approximated"),
)

CUTS = (
    refused("cut-in-header", lambda: cut(b"FILE_NAME", 20), "truncated"),
    refused("cut-in-data", lambda: cut(b"#30=", 0), "truncated"),
    refused("cut-in-text", lambda: cut(b"'3ound0000000000000wall", 8), "truncated"),
    refused("cut-in-number", lambda: cut(b"((0.0,", 4), "truncated"),
    refused("cut-after-endsec", lambda: base().removesuffix(b"END-ISO-10303-21;\n"), "truncated"),
    refused("cut-in-end-mark", lambda: base()[:-5], "truncated"),
    refused("closed-in-text", lambda: closed(b"'3ound0000000000000wall", 8), "syntax"),
    refused("closed-in-number", lambda: closed(b"((0.0,", 4), "syntax"),
    refused("closed-in-statement", lambda: closed(b"IFCSPACE(", 30), "syntax"),
    refused("cut-with-end-mark-in-text", lambda: named(b"END-ISO-10303-21;")[:-30], "truncated", "syntax"),
    loaded("end-mark-in-a-name", lambda: named(b"END-ISO-10303-21; ENDSEC; DATA;")),
    loaded("garbage-after-the-end", lambda: base() + bytes(1000) + noise(), "file.trailing"),
    refused("two-files-in-one", lambda: base() + base(), "syntax"),
    refused("garbage-before-the-start", lambda: noise()[:100] + base(), "not-step"),
)

ENCODINGS = (
    refused("utf16-le", lambda: b"\xff\xfe" + base().decode().encode("utf-16-le"), "encoding"),
    refused("utf16-be", lambda: b"\xfe\xff" + base().decode().encode("utf-16-be"), "encoding"),
    refused("utf16-le-bare", lambda: base().decode().encode("utf-16-le"), "encoding"),
    refused("utf16-be-bare", lambda: base().decode().encode("utf-16-be"), "encoding"),
    refused("utf32-le", lambda: base().decode().encode("utf-32"), "encoding", "not-step"),
    refused("ebcdic", lambda: base().decode().encode("cp500"), "not-step"),
    loaded("utf8-bom", lambda: b"\xef\xbb\xbf" + base()),
    refused("utf8-bom-twice", lambda: b"\xef\xbb\xbf" * 2 + base(), "not-step"),
    loaded("shift-jis-raw", lambda: named("外壁・コンクリート".encode("cp932")), "encoding.guessed"),
    loaded("windows-1252-raw", lambda: named("Außenwand".encode("cp1252")), "encoding.guessed"),
    loaded("escape-odd-digits", lambda: named(rb"W\X2\00E\X0\x"), "encoding.escape"),
    loaded("escape-not-closed", lambda: named(rb"W\X2\00E9"), "encoding.escape"),
    loaded("escape-lone-surrogate", lambda: named(rb"W\X2\D800\X0\x"), "encoding.escape"),
    loaded("escape-beyond-unicode", lambda: named(rb"W\X4\00110000\X0\x"), "encoding.escape"),
    loaded("escape-short-x", lambda: named(rb"W\X\G"), "encoding.escape"),
    loaded("escape-page-unknown", lambda: named(rb"W\PZ\\S\ax"), "encoding.escape"),
    loaded("escape-of-nul", lambda: named(rb"W\X\00x\X2\0000\X0\y")),
    loaded("utf8-overlong", lambda: named(b"W\xc0\xafx"), "encoding.guessed"),
    loaded("utf8-surrogate", lambda: named(b"W\xed\xa0\x80x"), "encoding.guessed"),
    refused("nul-in-a-name", lambda: named(b"W\0x"), "syntax"),
    refused("nul-bytes-in-data", lambda: swap(b"#30=", bytes(4096)), "syntax"),
    loaded("line-breaks-in-a-name", lambda: named(b"W\r\n#2=x\n")),
    loaded("line-ends-of-old-mac", lambda: base().replace(b"\n", b"\r")),
    loaded("no-line-ends", lambda: base().replace(b"\n", b"")),
)

NAMES = (
    loaded("markup-in-a-name", lambda: named(b"<script>alert(1)</script><img src=x onerror=alert(1)>")),
    loaded("sql-in-a-name", lambda: named(b"x''); DROP TABLE records; --")),
    loaded("cypher-in-a-name", lambda: named(b"x''}) DETACH DELETE n //")),
    loaded("format-in-a-name", lambda: named(b"%s%s%n{0.__class__}${jndi:ldap://x}")),
    loaded("terminal-codes-in-a-name", lambda: named(b"\x1b[2J\x1b]0;owned\x07[red]W[/red]")),
    loaded("right-to-left-in-a-name", lambda: named("W\u202egnp.exe\u2066\u200b\ufeff".encode())),
    loaded("huge-name", lambda: named(b"W" * HUGE_BYTES)),
    loaded("huge-escaped-name", lambda: named(rb"\X2\00E9\X0" + b"\\" + rb"\X2\00E9\X0\a" * 200_000)),
    loaded("path-in-a-name", lambda: named(b"../../../../etc/passwd")),
)

SYNTAX = (
    refused("number-over-32-bits", lambda: line(b"#4294967296=IFCPERSON($,'x',$,$,$,$,$,$);"), "syntax"),
    refused("number-over-64-bits", lambda: line(b"#18446744073709551616=IFCPERSON($,'x',$,$,$,$,$,$);"), "syntax"),
    refused("number-of-a-megabyte", lambda: line(b"#" + b"9" * 2**20 + b"=IFCPERSON($,'x',$,$,$,$,$,$);"), "syntax"),
    refused("number-negative", lambda: line(b"#-7=IFCPERSON($,'x',$,$,$,$,$,$);"), "syntax"),
    refused("number-twice", lambda: line(b"#1=IFCPERSON($,'x',$,$,$,$,$,$);"), "syntax"),
    refused(
        "reference-over-64-bits", lambda: swap(b"IFCLOCALPLACEMENT($", b"IFCLOCALPLACEMENT(#" + b"9" * 30), "syntax"
    ),
    refused(
        "reference-of-a-megabyte",
        lambda: swap(b"IFCLOCALPLACEMENT($", b"IFCLOCALPLACEMENT(#" + b"9" * 2**20),
        "syntax",
    ),
    refused("text-not-closed", lambda: line(b"#9001=IFCPERSON($,'x,$,$,$,$,$,$);"), "syntax"),
    refused("brackets-not-closed", lambda: line(b"#9001=IFCPERSON(($,'x',$,$,$,$,$,$);"), "syntax"),
    loaded("brackets-100000-deep", lambda: line(b"#9001=IFCPERSON(" + b"(" * 100_000 + b")" * 100_000 + b");")),
    refused("not-a-number", lambda: swap(b"((0.0,0.0,0.0))", b"((0.0,NAN,0.0))"), "syntax"),
    refused("infinite-number", lambda: swap(b"((0.0,0.0,0.0))", b"((0.0,INF,0.0))"), "syntax"),
    refused("hexadecimal-number", lambda: swap(b"((0.0,0.0,0.0))", b"((0.0,0x1F,0.0))"), "syntax"),
    refused("no-semicolon", lambda: swap(b"IFCDIRECTION((0.,0.,1.));", b"IFCDIRECTION((0.,0.,1.))"), "syntax"),
    refused("no-equals-sign", lambda: line(b"#9001 IFCPERSON($,'x',$,$,$,$,$,$);"), "syntax"),
    refused("free-text-in-data", lambda: line(b"Dear reader, this is not STEP;"), "syntax"),
    refused("binary-malformed", lambda: line(b'#9001=IFCPIXELTEXTURE(.T.,.T.,$,$,$,1,1,3,("ZZ"));'), "syntax"),
    loaded("lower-case", lambda: swap(b"IFCWALL(", b"IfcWall(")),
    loaded("white-space-everywhere", lambda: base().replace(b"=IFC", b" \t=\r\n  IFC").replace(b",", b" ,\n ")),
    loaded("comment-everywhere", lambda: base().replace(b"=IFC", b"=/* 'x' ; */IFC")),
    refused("comment-not-closed", lambda: swap(b"#9=", b"/* #9="), "syntax"),
    refused("junk-before-a-statement", lambda: swap(b"DATA;\n", b"DATA;\n*/*/*/ "), "syntax"),
    refused("junk-between-statements", lambda: swap(b"#9=", b"junk #9="), "syntax"),
    loaded("comment-bomb", lambda: swap(b"DATA;\n", b"DATA;\n" + b"/* " * 1_000_000 + b"*/\n")),
    loaded("comments-100000", lambda: swap(b"DATA;\n", b"DATA;\n" + b"/**/ /***/\n" * 100_000)),
    loaded("comment-in-a-name", lambda: named(b"/* not a comment")),
    loaded("signature-block-broken", lambda: base() + b"/* SIGNATURE; !!!! ENDSEC; */\n"),
)

HEADERS = (
    refused("no-schema", lambda: header("FILE_SCHEMA"), "schema-unknown"),
    refused("no-description", lambda: header("FILE_DESCRIPTION"), "syntax"),
    refused("no-file-name", lambda: header("FILE_NAME"), "syntax"),
    refused("no-header", lambda: header("HEADER", "FILE_"), "schema-unknown"),
    refused("no-data-section", lambda: Sheet().header.encode() + b"END-ISO-10303-21;\n", "syntax", "no-project"),
    refused("no-statements", lambda: (Sheet().header + "DATA;\n" + END).encode(), "no-project"),
    refused("two-data-sections", lambda: swap(b"#30=", b"ENDSEC;\nDATA;\n#30="), "syntax"),
    loaded("header-of-nulls", lambda: swap(FILE_NAME, b"($,$,$,$,$,$,$)")),
    loaded("header-of-numbers", lambda: swap(b"('house.ifc','2026-01-02T03:04:05'", b"(1,2.5")),
    loaded(
        "two-schema-entries",
        lambda: swap(b"FILE_SCHEMA(('IFC4'));", b"FILE_SCHEMA(('IFC4'));\nFILE_SCHEMA(('IFC2X3'));"),
    ),
)

CASES = (*FORMATS, *CUTS, *ENCODINGS, *NAMES, *SYNTAX, *HEADERS)
