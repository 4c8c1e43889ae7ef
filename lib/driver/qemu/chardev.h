/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* QEMU's ends of ports: what they are called, and what query-chardev says of them. */
#include <stdbool.h>
#include "base/json.h"

/* The i-th <channel> of the XML: its device and its other end, with the number behind. */
#define CHANNEL_DEVICE "ua-channel"
#define CHANNEL_CHARDEV "charchannel"

/* Name of the file or terminal behind it, as QEMU has it; NULL: there is no such chardev. */
const char *chardev_filename(json_object *list, const char *label);
/* Has the guest opened its device? */
bool chardev_is_open(json_object *list, const char *label);
