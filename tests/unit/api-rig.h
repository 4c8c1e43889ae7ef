/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the tests of lib/api share: for each test a store of its own with one domain, `guest`, and a
 * connection that may change it and one that may not. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static const char guest_xml[] = "<domain type='qemu'><name>guest</name><uuid>" UUID "</uuid>"
				"<memory unit='KiB'>65536</memory>"
				"<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>";

/* ---- A store of our own ------------------------------------------------------------------- */

struct fixture {
	char *root;
	char *uri;
	virConnectPtr conn, reader;
	virDomainPtr guest;
};

static inline void set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->root = g_dir_make_tmp("domsh-api-XXXXXX", NULL);
	g_assert_nonnull(f->root);
	f->uri = g_strdup_printf("qemu:///embed?root=%s", f->root);
	f->conn = virConnectOpen(f->uri);
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
	g_assert_nonnull(f->conn);
	f->reader = virConnectOpenReadOnly(f->uri);
	g_assert_nonnull(f->reader);
	f->guest = virDomainDefineXML(f->conn, guest_xml);
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
	g_assert_nonnull(f->guest);
}

static inline void remove_tree(const char *path)
{
	const char *argv[] = { "rm", "-rf", "--", path, NULL };

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
				   NULL, NULL, NULL));
}

static inline void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(virDomainFree(f->guest), ==, 0);
	g_assert_cmpint(virConnectClose(f->reader), ==, 0);
	g_assert_cmpint(virConnectClose(f->conn), ==, 0);
	remove_tree(f->root);
	g_free(f->root);
	g_free(f->uri);
}
