import unittest

import wire


class Server(unittest.TestCase):
    def test_is_reached_at_port_80(self):
        with wire.module() as link:
            wire.reach(link, wire.serve(link))
