# SPDX-License-Identifier: LGPL-2.1-or-later
# A disk with a cache that loses power: a plugin of nbdkit. What was written and not flushed is in
# memory, and goes with this process; each block of it may reach the file all the same, and in any
# order, as on a real one.
#
#   nbdkit python tests/power/disk.py file=DISK [early=PERCENT]

import os
import random

import nbdkit

API_VERSION = 2
BLOCK = 4096

file = None
early = 30
pending = {}


def config(key, value):
    global file, early
    if key == "file":
        file = value
    elif key == "early":
        early = int(value)
    else:
        raise RuntimeError("unknown parameter " + key)


def thread_model():
    return nbdkit.THREAD_MODEL_SERIALIZE_ALL_REQUESTS


def open(readonly):
    return os.open(file, os.O_RDWR)


def get_size(fd):
    return os.fstat(fd).st_size


def block_size(fd):
    return (BLOCK, BLOCK, 32 << 20)


def can_flush(fd):
    return True


def can_fua(fd):
    return nbdkit.FUA_NATIVE


def pread(fd, buf, offset, flags):
    os.preadv(fd, [buf], offset)
    for at in range(0, len(buf), BLOCK):
        if offset + at in pending:
            buf[at:at + BLOCK] = pending[offset + at]


def pwrite(fd, buf, offset, flags):
    for at in range(0, len(buf), BLOCK):
        block = bytes(buf[at:at + BLOCK])
        if flags & nbdkit.FLAG_FUA:
            pending.pop(offset + at, None)
            os.pwrite(fd, block, offset + at)
            continue
        pending[offset + at] = block
        if random.randrange(100) < early:
            os.pwrite(fd, block, offset + at)


def flush(fd, flags):
    for offset, block in pending.items():
        os.pwrite(fd, block, offset)
    pending.clear()
