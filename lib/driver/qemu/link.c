/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/link.h"

#include "base/json.h"
#include "driver/qemu/session.h"

static bool set(struct qmp *q, guint nic, bool is_up, GError **err)
{
	g_autofree char *name = g_strdup_printf("ua-net%u", nic);
	json_object *args = json_object_new_object();

	json_set_string(args, "name", name);
	json_set_bool(args, "up", is_up);
	return qmp_call(q, "set_link", args, NULL, err);
}

bool link_apply(struct qmp *q, const struct domain_config *cfg, GError **err)
{
	for (guint i = 0; i < cfg->nics->len; i++) {
		const struct nic_config *nic = g_ptr_array_index(cfg->nics, i);

		if (nic->is_link_down && !set(q, i, false, err))
			return false;
	}
	return true;
}

bool link_set(struct hv *hv, struct guest *g, guint nic, bool is_up, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	(void)hv;
	return q && set(q, nic, is_up, err);
}
