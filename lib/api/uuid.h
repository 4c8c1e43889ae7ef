/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* UUIDs between their 16 bytes and their text. */
#include <stdbool.h>
#include <libvirt/libvirt.h>

/* 32 hexadecimal digits, dashes anywhere between them. */
bool uuid_parse(const char *text, unsigned char ret_uuid[VIR_UUID_BUFLEN]);
/* Lower case with dashes. */
void uuid_format(const unsigned char uuid[VIR_UUID_BUFLEN], char ret_text[VIR_UUID_STRING_BUFLEN]);
