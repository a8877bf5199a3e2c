"""An HTTP server on 127.0.0.1 for the tests of downloads. It prints `port N`, then a line for each request.

    python3 download_server.py [--cert FILE --key FILE]

/bytes/N            N bytes, with Content-Length
/chunked/N          the same in chunks
/close/N            the same up to the end of the connection
/update/N           a valid update for a host; /update/N/checksum and /update/N/length are wrong about it
/cut/N              as /close, but the connection ends without a close_notify
/drop/N             announces N bytes, sends half of them and hangs up
/huge               announces 1 GB, and sends as long as the client reads
/endless            sends in chunks without an end
/silent             accepts the request and sends nothing
/redirect/N         leads to /bytes/N; /loop leads to itself
/status/N           answers N
"""

import argparse
import socket
import ssl
import struct
import threading
import time
import zlib

GIGABYTE = 1_000_000_000


def say(*words):
    print(*words, flush=True)


def pattern(count):
    return bytes((index * 31 + index // 251) & 0xFF for index in range(count))


def update(count, lie=None):
    data = pattern(count)
    length = count + 1 if lie == "length" else count
    checksum = zlib.crc32(data) ^ (lie == "checksum")
    return struct.pack("<II", length, checksum) + data


def answer(client, path):
    kind, *words = path.strip("/").split("/")
    number = int(words[0]) if words else 0
    if kind in ("bytes", "update"):
        body = pattern(number) if kind == "bytes" else update(number, *words[1:])
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    elif kind == "chunked":
        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        body = pattern(number)
        for start in range(0, number, 1000):
            piece = body[start : start + 1000]
            client.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
        client.sendall(b"0\r\n\r\n")
    elif kind in ("close", "cut"):
        client.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + pattern(number))
    elif kind == "drop":
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % number + pattern(number // 2))
    elif kind == "huge":
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTE)
        for _ in range(GIGABYTE // 65536):
            client.sendall(bytes(65536))
    elif kind == "endless":
        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(GIGABYTE // 65536):
            client.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
    elif kind == "silent":
        time.sleep(30)
    elif kind in ("redirect", "loop"):
        place = f"/bytes/{number}" if kind == "redirect" else "/loop"
        client.sendall(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
    else:
        client.sendall(b"HTTP/1.1 %d Answer\r\nContent-Length: 2\r\n\r\nno" % number)


def serve(connection, context):
    connection.settimeout(30)
    try:
        with context.wrap_socket(connection, server_side=True) if context else connection as client:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = client.recv(4096)
                if not piece:
                    return
                request += piece
            path = request.split()[1].decode()
            say("asked", path)
            answer(client, path)
            if context and not path.startswith("/cut"):
                client.unwrap()
    except (OSError, ValueError) as error:
        say("failed", error)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert")
    parser.add_argument("--key")
    options = parser.parse_args()
    context = None
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    say("port", listener.getsockname()[1])
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()


main()
