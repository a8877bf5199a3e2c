import os
import unittest

import wire


class Firmware(unittest.TestCase):
    def test_version(self):
        with wire.module() as link:
            self.assertEqual(wire.firmware(link), os.environ.get("EXPECTED_FIRMWARE", "3.5.0"))
