/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Values inside XML: strict readers, and the errors that name the place. */
#include <glib.h>
#include <stdbool.h>
#include "xml/tree.h"

/* Decimal digits only, without sign, blanks, point or prefix. */
bool value_uint(const char *text, guint64 max, guint64 *ret_number);
/* Memory of `node` in KiB, rounded up: libvirt's unit attribute (default KiB). VIR_ERR_XML_ERROR
 * when the number or unit is wrong, zero or absurdly large. */
bool value_memory(const struct xml_node *node, guint64 *ret_kib, GError **err);
/* A whole-number attribute in [min, max]; absent: *ret_number is left alone. */
bool value_attr_uint(const struct xml_node *node, const char *name, guint64 min, guint64 max,
		     unsigned int *ret_number, GError **err);
/* The same of the text of an element; node NULL: left alone. */
bool value_text_uint(const struct xml_node *node, guint64 min, guint64 max,
		     unsigned int *ret_number, GError **err);
/* Index of word in words (n of them), n when it is none of them or NULL. */
unsigned int value_index(const char *word, const char *const *words, unsigned int n);
/* Is the attribute there with this value? */
bool value_attr_is(const struct xml_node *node, const char *name, const char *value);
/* An absolute path, or NULL for "the element has none": false when it is neither. */
bool value_path(const struct xml_node *node, const char *path, GError **err);

/* A VIR_ERR_XML_ERROR that names the element or (attribute not NULL) its attribute. */
bool fail_at(GError **err, const struct xml_node *node, const char *attribute, const char *fmt, ...)
	G_GNUC_PRINTF(4, 5);
