/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/power.h"

#include <errno.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/actions.h"
#include "driver/qemu/session.h"
#include "driver/qemu/spec.h"
#include "xml/domain.h"

/* While a reboot is wanted QEMU has to wait at a poweroff, whatever the words say. */
static bool set_actions(struct guest *g, const struct spec *spec, bool reboots, GError **err)
{
	json_object *args = json_object_new_object();
	struct actions a;

	actions_of(spec->on_poweroff, spec->on_reboot, spec->on_crash, &a);
	json_set_string(args, "reboot", a.reboot);
	json_set_string(args, "shutdown", reboots ? "pause" : a.shutdown);
	json_set_string(args, "panic", a.panic);
	return session_call(g, "set-action", args, NULL, err);
}

static bool follow_spec(struct guest *g, bool reboots, GError **err)
{
	g_autoptr(guest_spec) spec = spec_read(g->run_fd, err);

	return spec && set_actions(g, spec, reboots, err);
}

bool power_cancel_reboot(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	if (exists_at(g->run_fd, POWER_REBOOT_FILE) != 1)
		return true;
	return follow_spec(g, false, err) &&
	       (sys_unlinkat(g->run_fd, POWER_REBOOT_FILE) == 0 || errno == ENOENT ||
		fail_os(err, errno, "take back the reboot of '%s'", g->name));
}

bool power_down(struct hv *hv, struct guest *g, GError **err)
{
	return power_cancel_reboot(hv, g, err) &&
	       session_call(g, "system_powerdown", NULL, NULL, err);
}

bool power_reboot(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	return sys_replace_file_volatile(g->run_fd, POWER_REBOOT_FILE, "", 0, err) &&
	       follow_spec(g, true, err) &&
	       session_call(g, "system_powerdown", NULL, NULL, err);
}

static void replace(char **text, const char *new)
{
	g_free(*text);
	*text = g_strdup(new);
}

/* The words first: an end that comes in between is followed by the new ones as far as QEMU still
 * waits for it, and the command can be repeated. */
bool power_set_ends(struct hv *hv, struct guest *g, const struct xml_tree *live, GError **err)
{
	g_autoptr(domain_config) cfg = domain_config_read(live, err);
	g_autoptr(guest_spec) spec = cfg ? spec_read(g->run_fd, err) : NULL;

	(void)hv;
	if (!spec)
		return false;
	replace(&spec->on_poweroff, cfg->on_poweroff);
	replace(&spec->on_reboot, cfg->on_reboot);
	replace(&spec->on_crash, cfg->on_crash);
	return spec_write(spec, g->run_fd, err) &&
	       set_actions(g, spec, exists_at(g->run_fd, POWER_REBOOT_FILE) == 1, err);
}
