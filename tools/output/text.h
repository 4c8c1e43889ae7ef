/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Text that others wrote (names, messages, XML): how wide it is, and how to show it safely.
 * Nothing here needs the environment's locale.
 */
#include <stddef.h>

/* Display cells: wide characters count 2, combining ones 0, an invalid byte 1. */
size_t text_width(const char *text);

/*
 * For a terminal: control characters (C0, C1, DEL), bidirectional controls and bytes that are not
 * UTF-8 become \xNN. `keep` lists control characters that pass ("\n\t" for documents, "" for one
 * line). Free the result.
 */
char *text_escape(const char *text, const char *keep);
/* For JSON: bytes that are not UTF-8 become U+FFFD. Free the result. */
char *text_repair(const char *text);
/* For XML content and attributes: & < > ' " become entities. Free the result. */
char *text_xml(const char *text);
/* For a POSIX shell: quoted if it has to be. Free the result. */
char *text_quote(const char *text);

/* "312 MiB", "1.5 GiB", "17 B"; "-" when negative (not known). */
void text_size(char buf[32], long long bytes);
