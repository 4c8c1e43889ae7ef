/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Patterns of names, as in a POSIX shell: * ? […]. Names and patterns are UTF-8 whatever the
 * environment's locale is: '?' is one character. */
#include <stdbool.h>

bool glob_is_pattern(const char *word);
bool glob_matches(const char *pattern, const char *name);
