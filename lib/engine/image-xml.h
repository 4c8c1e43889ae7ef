/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The XML in an image of memory. It may be replaced by another one for the same machine: names,
 * notes, and what belongs to the host may differ, such as the paths of disks; op->other is that
 * one, op->tree, op->view and op->disks are the machine's own.
 */
#include <glib.h>
#include <stdbool.h>

struct op;
struct image_plan;
struct xml_tree;

/* What kind in old/ a replaced one is. */
#define IMAGE_XML_KIND "image-config"

/* op->other from a user's XML, and FACT_CONFIG_DIFFERS (with what) when it is another machine or
 * has another uuid, FACT_XML_UNSUPPORTED. Errors: those of any XML. */
bool image_xml_take(struct op *op, const char *xml, GError **err);
/* op->other from op->image, which was checked when it was made. */
bool image_xml_from_image(struct op *op, GError **err);

/* The disks that the image will know: of op->other, or else the machine's. */
void image_xml_disks(const struct op *op, struct image_plan *plan);
/* A fingerprint of the machine's disks as the image is to have it; caller frees. */
char *image_xml_print(const struct op *op, const char *print);
/* op_remark that a guest goes on as it was saved, where its definition was changed since; way_out
 * ends the sentence. Nothing when they are the same. */
void image_xml_remark(struct op *op, const struct xml_tree *saved, const struct xml_tree *defined,
		      const char *way_out);
/* Will it run after it is resumed? flags: VIR_DOMAIN_SAVE_*. */
bool image_wants_running(unsigned int flags, bool is_running);
