/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Which elements and attributes of a domain are honoured: one table, a row per element and
 * attribute. What is not honoured is refused at start with its path, never ignored;
 * `define --validate` uses the same table.
 */
#include <glib.h>
#include <stdbool.h>
#include "xml/tree.h"

/* All that is not honoured, as reasons (code "unsupported-xml", label = path, what = value or why)
 * in document order; at most 64. NULL when everything is. */
GPtrArray *elements_unsupported(const struct xml_tree *domain);
