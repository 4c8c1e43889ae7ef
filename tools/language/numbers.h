/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Numbers as people type them. They parse whole and in range, or not at all. */
#include <stdbool.h>

bool number_parse(const char *text, long long min, long long max, long long *ret_number);
/* With an optional unit (b, byte(s), KB, k, KiB, … EB, E, EiB, any case); a bare number counts
 * units of `unit` bytes. */
bool number_parse_scaled(const char *text, unsigned long long unit, unsigned long long *ret_bytes);
/* With an optional unit s, m, h, d or w; a bare number counts days. */
bool number_parse_duration(const char *text, long long *ret_seconds);
