/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * libxml2, the judge of what is XML. It is loaded on first use, because loading it costs more
 * than a whole `domsh list`, and it is used for nothing but this one question: our own tree
 * (tree.h) keeps the bytes, which libxml2's does not.
 *
 * Whoever calls this has checked the bounds (size, depth, attributes, no DOCTYPE): with an
 * attribute bomb libxml2 needs half a minute.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Is the text a well-formed document (namespaces included)? VIR_ERR_XML_ERROR names the line and
 * the cause of the first error; VIR_ERR_NO_SUPPORT says that libxml2 is not installed. Lack of
 * memory inside libxml2 is an error like any other. Nothing is printed. */
bool libxml_check(const char *text, size_t size, const char *what, GError **err);
