/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The configuration files: /etc/domsh/domsh.conf, then $XDG_CONFIG_HOME/domsh/domsh.conf (GKeyFile,
 * group [domsh]); uri_default and uri_aliases of libvirt.conf are honoured last. A bad value is told
 * once on the debug log and ignored.
 */
#include <glib.h>
#include <stdbool.h>

struct config;

struct config *config_load(void);
void config_free(struct config *c);

gint64 config_lock_wait_ms(const struct config *c);  /* default 10,000 */
int config_trash_keep_days(const struct config *c);  /* default 30; 0: for ever */
const char *config_emulator(const struct config *c); /* NULL: the driver's */
/* Whom QEMU runs as when root starts it; NULL: root. */
const char *config_qemu_user(const struct config *c);
const char *config_uri_default(const struct config *c);
/* The URI that an alias stands for, or NULL. */
const char *config_uri_alias(const struct config *c, const char *alias);
