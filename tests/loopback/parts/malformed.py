"""Requests that are no HTTP, or that two servers would read differently: none may be processed."""


def malformed_requests(path):
    """(what is wrong, bytes) of requests for `path`, which would be answered well otherwise."""
    line = b"GET " + path.encode() + b" HTTP/1.1\r\n"
    host = b"Host: localhost\r\n"
    get = line + host
    post = b"POST" + get[3:]

    def with_target(target, version=b"HTTP/1.1"):
        return b"GET " + target + b" " + version + b"\r\n" + host + b"\r\n"

    target = path.encode()
    join = b"&" if "?" in path else b"?"
    return [
        # Longer than is put up with.
        ("a request line of 4 KiB and a byte", with_target(
            target + join + b"a" * (4097 - len(line) - 1 + 2))),
        ("a parameter of 100,000 bytes", with_target(target + join + b"a=" + b"b" * 100_000)),
        ("a head of 16 KiB and more", get + b"X: " + b"y" * 16_384 + b"\r\n\r\n"),
        ("a password of 20,000 bytes",
         get + b"Authorization: Basic " + b"QUFB" * 5_000 + b"\r\n\r\n"),
        ("65 fields", get + b"X: y\r\n" * 64 + b"\r\n"),
        # Line ends.
        ("line feeds alone", (get + b"\r\n").replace(b"\r\n", b"\n")),
        ("a line feed alone behind the request line", line[:-2] + b"\n" + host + b"\r\n"),
        ("a line feed alone behind a field", get[:-2] + b"\nX: y\r\n\r\n"),
        ("a line feed alone at the end", get + b"\n"),
        ("a carriage return within a value", get + b"X: a\rY: b\r\n\r\n"),
        ("carriage returns alone", (get + b"\r\n").replace(b"\n", b"")),
        # Fields.
        ("a folded field", get + b"X: a\r\n b\r\n\r\n"),
        ("a blank before the first field", line + b" " + host + b"\r\n"),
        ("a blank before the colon", get + b"X : y\r\n\r\n"),
        ("a field without a colon", get + b"nonsense\r\n\r\n"),
        ("a field without a name", get + b": y\r\n\r\n"),
        ("NUL in a value", get + b"X: a\0b\r\n\r\n"),
        ("an escape in a value", get + b"X: \x1b[2J\r\n\r\n"),
        ("two hosts", get + host + b"\r\n"),
        ("no host", line + b"\r\n"),
        # Where the request ends.
        ("a coding on GET", get + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("a coding and a length",
         get + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
        ("a hidden coding", post + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
        ("a coding nobody knows", post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ("two lengths", post + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n"),
        ("a list of lengths", post + b"Content-Length: 0, 0\r\n\r\n"),
        ("a length with a sign", post + b"Content-Length: +0\r\n\r\n"),
        ("a negative length", post + b"Content-Length: -1\r\n\r\n"),
        ("a hexadecimal length", post + b"Content-Length: 0x0\r\n\r\n"),
        ("a length beyond 64 bits", post + b"Content-Length: 18446744073709551616\r\n\r\n"),
        ("a body of many gigabytes", post + b"Content-Length: 18446744073709551615\r\n\r\n"),
        ("a body on GET", get + b"Content-Length: 5\r\n\r\nhello"),
        # What is asked for.
        ("an absolute target", with_target(b"http://localhost" + target)),
        ("a proxy's target", b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n"),
        ("the whole server", with_target(b"*")),
        ("a blank in the target", with_target(target + b" x")),
        ("NUL in the target", with_target(target + b"\0")),
        ("no ASCII in the target", with_target(target + b"\xc3\xa4")),
        ("a method nobody knows", b"STEAL" + get[3:] + b"\r\n"),
        ("a method in small letters", b"get" + get[3:] + b"\r\n"),
        # Other protocols.
        ("HTTP/0.9", b"GET " + target + b"\r\n"),
        ("HTTP/1.2", with_target(target, b"HTTP/1.2")),
        ("HTTP/2.0", with_target(target, b"HTTP/2.0")),
        ("http in small letters", with_target(target, b"http/1.1")),
        ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("a source for a live mount", b"SOURCE " + target + b" ICE/1.0\r\n"
         b"Authorization: Basic c291cmNlOmhhY2ttZQ==\r\nContent-Type: audio/mpeg\r\n\r\n"),
        ("PeerCast's greeting", b"pcp\n\x04\x00\x00\x00\x01\x00\x00\x00"),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x01" * 300),
        ("nonsense", b"\xff\xfe!" * 30_000),
    ]
