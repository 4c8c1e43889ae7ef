/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Undefine: the facts that only it needs, and what its plan means for the user. */
#include "engine/op.h"
#include "engine/paths.h"

#include <fcntl.h>
#include <libvirt/libvirt-domain.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/error.h"
#include "base/util.h"
#include "xml/peek.h"

#define NVRAM_MAX (64 << 20)

/* ---- Facts ---- */

/* Does the configuration of another domain speak of this path, as written or as XML? */
static bool is_named_elsewhere(struct op *op, const char *path)
{
	static const char *const files[] = { "domain.xml", "live.xml" };
	g_autoptr(GPtrArray) names = store_names(op->store, NULL);
	g_autofree char *escaped = g_markup_escape_text(path, -1);

	for (guint i = 0; names && i < names->len; i++) {
		g_autoptr(domain_dir) dd = NULL;

		if (strcmp(names->pdata[i], op->name) == 0)
			continue;
		dd = domain_open(op->store, names->pdata[i], NULL);
		for (guint k = 0; dd && k < G_N_ELEMENTS(files); k++) {
			g_autofree char *text = NULL;
			size_t size;

			if (domain_read_xml(dd, files[k], &text, &size, NULL) &&
			    (strstr(text, path) || strstr(text, escaped)))
				return true;
		}
	}
	return names == NULL;
}

/* NVRAM that the config names outside the directory. */
static void gather_outside_nvram(struct op *op, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return;
	op->facts |= FACT_NVRAM | FACT_NVRAM_OUTSIDE;
	if (!S_ISREG(st.st_mode) || st.st_size > NVRAM_MAX || path_is_in_store(op->e, path) ||
	    is_named_elsewhere(op, path))
		op->facts |= FACT_NVRAM_UNFIT;
	op_detail(op, REASON_NVRAM, g_strdup(path));
	op_detail(op, REASON_NVRAM_UNFIT, g_strdup(path));
	if ((op->flags & VIR_DOMAIN_UNDEFINE_NVRAM) && !(op->facts & FACT_ALIVE)) {
		op->outside = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(op->outside, g_strdup(path));
	}
}

static void gather_config(struct op *op)
{
	static const char *const paths[] = { "domain/os/nvram",
					     "domain/devices/tpm/backend/@persistent_state" };
	g_autofree char *text = NULL;
	char *v[2] = { NULL };
	size_t size;

	if (op->facts & FACT_NVRAM)
		op_detail(op, REASON_NVRAM, g_strdup("nvram.fd"));
	if (!domain_read_xml(op->dd, "domain.xml", &text, &size, NULL))
		return;
	xml_peek(text, size, paths, 2, v);
	if (v[0] && g_path_is_absolute(v[0]))
		gather_outside_nvram(op, v[0]);
	if (g_strcmp0(v[1], "yes") == 0)
		op->facts |= FACT_TPM_KEPT;
	g_free(v[0]);
	g_free(v[1]);
}

/* Records of a kind that cannot be deleted and reverted yet. */
static void gather_records(struct op *op)
{
	g_autoptr(GPtrArray) names = records_names(op->dd, NULL);

	for (guint i = 0; names && i < names->len && !(op->facts & FACT_EXTERNAL_SNAPSHOTS); i++) {
		g_autofree char *text = NULL;
		size_t size;

		if (record_read(op->dd, names->pdata[i], &text, &size, NULL) &&
		    (strstr(text, "snapshot='external'") || strstr(text, "snapshot=\"external\"")))
			op->facts |= FACT_EXTERNAL_SNAPSHOTS;
	}
}

/* ---- What becomes of it ---- */

static void add_item(GPtrArray *items, enum fate fate, const char *what, const char *where,
		     gint64 size)
{
	g_ptr_array_add(items, plan_item_new(fate, what, where, size));
}

static enum fate main_fate(const struct op *op)
{
	if (op->facts & FACT_ALIVE)
		return FATE_AT_END;
	return (op->flags & UNDEFINE_PURGE) ? FATE_PERMANENT : FATE_TRASH;
}

static void add_nvram(struct op *op, GPtrArray *items)
{
	enum fate fate = main_fate(op);
	const char *path = op->detail[REASON_NVRAM];

	if (!(op->facts & FACT_NVRAM))
		return;
	if (op->facts & FACT_NVRAM_OUTSIDE) {
		if (!op->outside)
			fate = FATE_STAYS;
	} else if (op->flags & VIR_DOMAIN_UNDEFINE_KEEP_NVRAM) {
		fate = FATE_KEPT;
	}
	add_item(items, fate, "nvram", path, -1);
}

static void add_tpm(struct op *op, GPtrArray *items)
{
	bool kept = !(op->flags & VIR_DOMAIN_UNDEFINE_TPM) &&
		    ((op->flags & VIR_DOMAIN_UNDEFINE_KEEP_TPM) || (op->facts & FACT_TPM_KEPT));

	if (op->facts & FACT_TPM)
		add_item(items, kept ? FATE_KEPT : main_fate(op), "TPM state", "tpm", -1);
}

static void add_disks(struct op *op, GPtrArray *items)
{
	if (!op_load_tree(op, "domain.xml", NULL) || !op_load_view(op, NULL))
		return;
	for (guint i = 0; i < op->view->disks->len; i++) {
		const struct disk_config *d = op->view->disks->pdata[i];
		g_autofree char *what = g_strdup_printf("disk '%s'", d->target);

		if (d->source)
			add_item(items, FATE_STAYS, what, d->source, -1);
	}
}

static GPtrArray *plan_items(struct op *op)
{
	GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)plan_item_free);
	g_autoptr(GPtrArray) names = records_names(op->dd, NULL);
	bool alive = op->facts & FACT_ALIVE;

	add_item(items, alive ? FATE_TRASH : main_fate(op), "configuration", "domain.xml", -1);
	for (guint i = 0; names && i < names->len; i++) {
		g_autofree char *what =
			g_strdup_printf("record of snapshot '%s'", (char *)names->pdata[i]);

		add_item(items, main_fate(op), what, NULL, -1);
	}
	if (op->facts & FACT_MANAGED_SAVE)
		add_item(items, main_fate(op), "managed save image", "managed-save",
			 op->state.managed_save_size);
	add_nvram(op, items);
	add_tpm(op, items);
	add_disks(op, items);
	return items;
}

/* ---- The operation ---- */

static bool undefine(struct op *op, const char *name, GPtrArray **ret_items, GError **err)
{
	struct verdict v;

	if (!op_lock(op, name, err))
		return false;
	gather_config(op);
	if (op->facts & FACT_SNAPSHOTS)
		gather_records(op);
	v = rules_undefine(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	if (ret_items)
		*ret_items = plan_items(op);
	if (op->flags & UNDEFINE_DRY_RUN)
		return true;
	op->event = "undefined";
	op->event_detail = (op->facts & FACT_ALIVE) ? "running" : "removed";
	return op_execute(op, &v.plan, err);
}

bool engine_undefine(struct engine *e, const char *name, unsigned int flags, GPtrArray **ret_items,
		     GError **err)
{
	struct op op;
	GPtrArray *items = NULL;
	bool done;

	op_init(&op, e, "undefine", flags);
	done = undefine(&op, name, ret_items ? &items : NULL, err);
	if (done && ret_items)
		*ret_items = items;
	else if (items)
		g_ptr_array_unref(items);
	op_end(&op);
	return done;
}
