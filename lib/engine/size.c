/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory and how many CPUs the next start gives a guest. */
#include "engine/inspect.h"

#include <string.h>
#include "base/error.h"
#include "engine/op.h"
#include "xml/domain.h"

/* The element, made behind `after` when there is none. */
static struct xml_node *element(struct xml_tree *tree, const char *name, const char *after)
{
	struct xml_node *root = xml_root(tree), *node = xml_child(root, name);
	struct xml_node *before = xml_child(root, after);

	if (node)
		return node;
	return before ? xml_add_after(before, name) : xml_add(root, name);
}

static void set_number(struct xml_node *node, guint64 value)
{
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

	xml_set_text(node, text);
}

static void set_kib(struct xml_node *node, guint64 kib)
{
	xml_set_attr(node, "unit", "KiB");
	set_number(node, kib);
}

/* Only a balloon takes memory from a guest that may have more. */
static bool has_balloon(const struct xml_tree *tree)
{
	const struct xml_node *balloon = xml_at(xml_root(tree), "devices/memballoon");
	g_autofree char *model = balloon ? xml_attr(balloon, "model") : NULL;

	return g_strcmp0(model, "virtio") == 0;
}

static bool set_memory(struct op *op, const struct domain_info *now, guint64 kib, GError **err)
{
	if (kib > now->max_memory_kib)
		return fail(err, VIR_ERR_INVALID_ARG,
			    "cannot set memory higher than max memory, which is %" G_GUINT64_FORMAT
			    " KiB; setmaxmem sets that",
			    now->max_memory_kib);
	if (kib < now->max_memory_kib && !has_balloon(op->tree))
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "the guest has all the memory that it may have, without a <memballoon "
			    "model='virtio'/>; setmaxmem changes both");
	set_kib(element(op->tree, "currentMemory", "memory"), kib);
	return true;
}

/* What the guest has cannot be more than what it may have. */
static bool set_max_memory(struct op *op, const struct domain_info *now, guint64 kib,
			   G_GNUC_UNUSED GError **err)
{
	struct xml_node *current = xml_child(xml_root(op->tree), "currentMemory");

	set_kib(element(op->tree, "memory", "name"), kib);
	if (current && now->memory_kib > kib)
		set_kib(current, kib);
	return true;
}

static void set_current_vcpus(struct op *op, guint64 n, guint64 max)
{
	g_autofree char *text = n < max ? g_strdup_printf("%" G_GUINT64_FORMAT, n) : NULL;

	xml_set_attr(element(op->tree, "vcpu", "memory"), "current", text);
}

static bool set_vcpus(struct op *op, const struct domain_info *now, guint64 n, GError **err)
{
	if (n > now->max_vcpus)
		return fail(err, VIR_ERR_INVALID_ARG,
			    "requested cpu amount exceeds maximum supported amount (%"
			    G_GUINT64_FORMAT " > %u); setvcpus --maximum --config sets that",
			    n, now->max_vcpus);
	set_current_vcpus(op, n, now->max_vcpus);
	return true;
}

/* A topology says how many there are; it is not ours to invent another one. */
static bool set_max_vcpus(struct op *op, const struct domain_info *now, guint64 n, GError **err)
{
	if (n != now->max_vcpus && xml_at(xml_root(op->tree), "cpu/topology"))
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "the <topology> of the CPU is for %u CPUs; change both with 'edit'",
			    now->max_vcpus);
	set_number(element(op->tree, "vcpu", "memory"), n);
	set_current_vcpus(op, MIN(now->vcpus, n), n);
	return true;
}

static bool (*const setters[])(struct op *op, const struct domain_info *now, guint64 value,
			       GError **err) = {
	[SIZE_MEMORY] = set_memory,
	[SIZE_MAX_MEMORY] = set_max_memory,
	[SIZE_VCPUS] = set_vcpus,
	[SIZE_MAX_VCPUS] = set_max_vcpus,
};

static char *resized(struct op *op, const char *name, enum size size, guint64 value, GError **err)
{
	struct domain_info now = { 0 };
	struct domain_identity id = { NULL };
	g_autofree char *text = NULL;
	g_autoptr(xml_tree) check = NULL;
	bool is_fine;

	if (!op_load_tree(op, "domain.xml", err) || !engine_info(op->e, name, true, &now, err))
		return NULL;
	is_fine = setters[size](op, &now, value, err);
	domain_info_clear(&now);
	if (!is_fine)
		return NULL;
	text = xml_format(op->tree);
	check = xml_parse(text, strlen(text), "domain", err);
	is_fine = check && domain_xml_check(check, &id, err);
	domain_identity_clear(&id);
	return is_fine ? g_steal_pointer(&text) : NULL;
}

static bool set_size(struct op *op, const char *name, enum size size, guint64 value, GError **err)
{
	struct verdict unclear = { .n_reasons = 1, .reasons = { REASON_UNCLEAR } };
	g_autofree char *text = NULL;

	if (!op_lock(op, name, err))
		return false;
	if (op->facts & FACT_UNCLEAR)
		return op_refuse(op, &unclear, err);
	if (!op->state.has_config)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "domain '%s' is transient: it has no stored configuration", name);
	text = resized(op, name, size, value, err);
	return text && domain_put_config(op->dd, text, err);
}

bool engine_set_size(struct engine *e, const char *name, enum size size, guint64 value,
		     GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "resize", 0);
	done = set_size(&op, name, size, value, err);
	op_end(&op);
	return done;
}
