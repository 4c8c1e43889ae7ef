/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Reading a few small values from XML that our store holds (parsed and checked when it was
 * written) without building a tree and without libxml2: a forward scan over tags. Knows comments,
 * CDATA, processing instructions, the five predefined and numeric character references. It stops
 * as soon as all paths were found. It is bounded by the text and never fails loudly: what it does
 * not understand it does not find, and the caller falls back to xml_parse.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Find the first occurrence of each path. A path is "domain/name" (text of an element, blanks at
 * the ends removed) or "domain/os/type/@machine" (an attribute).
 * ret_values: `n` pointers, set to new strings or NULL. Returns false when the text is not
 * well-formed as far as it was read (the values found so far are still set).
 */
bool xml_peek(const char *text, size_t size, const char *const *paths, size_t n,
	      char **ret_values);
/* One value or NULL. */
char *xml_peek_one(const char *text, size_t size, const char *path);
