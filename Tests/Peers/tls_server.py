"""A TLS server on 127.0.0.1 for the tests. It prints `port N`, then a line for each event.

    python3 tls_server.py [--cert FILE --key FILE] [--client-ca FILE] [--tls12] [--stall] [--bytes N] [--truncate]

It sends a greeting (or N bytes), then echoes until the client ends the stream. --stall: it accepts connections, starts an
answer and falls silent. --truncate: it drops the connection after the greeting, without a close_notify.
"""

import argparse
import socket
import ssl
import threading
import time

GREETING = b"The quick brown fox jumps over the lazy dog\n"


def say(*words):
    print(*words, flush=True)


def stall(connection):
    connection.recv(1)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02")  # the beginning of a ServerHello
    say("stalls")
    time.sleep(60)


def serve(connection, context, options):
    try:
        with context.wrap_socket(connection, server_side=True) as client:
            say("connected", client.version(), "name", getattr(client, "asked_name", None))
            client.sendall(bytes(index * 7 & 0xFF for index in range(options.bytes)) if options.bytes else GREETING)
            if options.truncate:
                client.detach_and_close()
                return
            while data := client.recv(65536):
                client.sendall(data)
            say("goodbye")
            client.unwrap()
            say("closed")
    except (OSError, ValueError) as error:
        say("failed", error)


class Client(ssl.SSLSocket):
    asked_name = None

    def detach_and_close(self):
        socket.socket(fileno=self.detach()).close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    parser.add_argument("--tls12", action="store_true")
    parser.add_argument("--stall", action="store_true")
    parser.add_argument("--bytes", type=int, default=0)
    parser.add_argument("--truncate", action="store_true")
    options = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sslsocket_class = Client
    context.sni_callback = lambda client, name, _: setattr(client, "asked_name", name)
    if options.cert:
        context.load_cert_chain(options.cert, options.key)
    if options.tls12:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if options.client_ca:
        context.load_verify_locations(options.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    say("port", listener.getsockname()[1])
    while True:
        connection, _ = listener.accept()
        connection.settimeout(30)
        work = (stall, connection) if options.stall else (serve, connection, context, options)
        threading.Thread(target=work[0], args=work[1:], daemon=True).start()


main()
