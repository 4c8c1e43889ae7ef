/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors as programs see them: classes, the last error of a thread, copies, reasons. */
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <domsh/domsh.h>
#include "api/error-class.h"
#include "api/last-error.h"
#include "base/error.h"

static void test_classes(void)
{
	static const struct {
		int code;
		const char *line;
	} cases[] = {
		{ VIR_ERR_INTERNAL_ERROR, "internal error: x" },
		{ VIR_ERR_NO_SUPPORT,
		  "this function is not supported by the connection driver: x" },
		{ VIR_ERR_INVALID_ARG, "invalid argument: x" },
		{ VIR_ERR_OPERATION_FAILED, "operation failed: x" },
		{ VIR_ERR_XML_ERROR, "XML error: x" },
		{ VIR_ERR_DOM_EXIST, "domain x exists already" },
		{ VIR_ERR_OPERATION_DENIED, "operation forbidden: x" },
		{ VIR_ERR_SYSTEM_ERROR, "x" },
		{ VIR_ERR_NO_DOMAIN, "Domain not found: x" },
		{ VIR_ERR_OPERATION_INVALID, "Requested operation is not valid: x" },
		{ VIR_ERR_CONFIG_UNSUPPORTED, "unsupported configuration: x" },
		{ VIR_ERR_OPERATION_TIMEOUT, "Timed out during operation: x" },
		{ VIR_ERR_NO_DOMAIN_SNAPSHOT, "Domain snapshot not found: x" },
		{ VIR_ERR_SNAPSHOT_REVERT_RISKY, "revert requires force: x" },
		{ VIR_ERR_RESOURCE_BUSY, "resource busy: x" },
		{ VIR_ERR_NO_XEN, "x" },
		{ -1, "x" },
		{ 100000, "x" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *line = error_class_line(cases[i].code, "x");

		g_assert_cmpstr(line, ==, cases[i].line);
	}
}

static void test_every_class_has_one_slot(void)
{
	for (int code = 0; code <= VIR_ERR_MULTIPLE_DOMAINS; code++) {
		const char *slot = strchr(error_class(code)->format, '%');

		g_assert_true(slot && slot[1] == 's' && !strchr(slot + 1, '%'));
	}
}

static void test_dom_error(void)
{
	virErrorPtr err;

	last_error_take(g_error_new(DOM_ERROR, VIR_ERR_NO_DOMAIN, "no 'a'"), VIR_FROM_QEMU);
	err = virGetLastError();
	g_assert_nonnull(err);
	g_assert_cmpint(err->code, ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(err->domain, ==, VIR_FROM_QEMU);
	g_assert_cmpint(err->level, ==, VIR_ERR_ERROR);
	g_assert_cmpstr(err->message, ==, "Domain not found: no 'a'");
	g_assert_cmpstr(err->str1, ==, "Domain not found: %s");
	g_assert_cmpstr(err->str2, ==, "no 'a'");
	g_assert_cmpint(err->int1, ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virGetLastErrorDomain(), ==, VIR_FROM_QEMU);
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "Domain not found: no 'a'");
	virResetLastError();
	g_assert_null(virGetLastError());
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
}

static void test_other_domains(void)
{
	GError *os = NULL;

	fail_os(&os, ENOSPC, "write '%s'", "f");
	last_error_take(os, VIR_FROM_QEMU);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_SYSTEM_ERROR);
	g_assert_cmpint(virGetLastError()->int1, ==, ENOSPC);
	g_assert_true(g_str_has_prefix(virGetLastErrorMessage(), "write 'f': "));
	last_error_take(g_error_new(G_FILE_ERROR, 1, "odd"), VIR_FROM_NONE);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_INTERNAL_ERROR);
	last_error_take(g_error_new(DOM_ERROR, VIR_ERR_XML_ERROR, "bad"), VIR_FROM_QEMU);
	g_assert_cmpint(virGetLastErrorDomain(), ==, VIR_FROM_XML);
}

static void test_reasons(void)
{
	GPtrArray *array = g_ptr_array_new();
	struct domshReason *reasons = NULL;
	virErrorPtr saved;
	GError *err = NULL;

	fail(&err, VIR_ERR_OPERATION_INVALID, "refused");
	g_ptr_array_add(array, reason_new("snapshots", "2 snapshots", "a, b", "--x forgets"));
	g_ptr_array_add(array, reason_new("managed-save", "managed save image", "f", NULL));
	((struct reason *)array->pdata[1])->size = 7;
	error_take_reasons(err, array);
	last_error_take(err, VIR_FROM_QEMU);
	g_assert_cmpint(domshErrorReasons(NULL, NULL), ==, 2);
	g_assert_cmpint(domshErrorReasons(virGetLastError(), &reasons), ==, 2);
	g_assert_cmpstr(reasons[0].code, ==, "snapshots");
	g_assert_cmpstr(reasons[0].option, ==, "--x forgets");
	g_assert_cmpint(reasons[0].size, ==, -1);
	g_assert_cmpint(reasons[1].size, ==, 7);
	g_assert_null(reasons[1].option);
	domshReasonsFree(reasons, 2);
	saved = virSaveLastError();
	g_assert_cmpint(domshErrorReasons(saved, &reasons), ==, 0);
	g_assert_null(reasons);
	virResetLastError();
	g_assert_cmpint(domshErrorReasons(NULL, &reasons), ==, 0);
	g_assert_cmpstr(saved->message, ==, "Requested operation is not valid: refused");
	virFreeError(saved);
}

static void test_copies(void)
{
	virError copy;
	virErrorPtr none;

	virResetLastError();
	none = virSaveLastError();
	g_assert_cmpint(none->code, ==, VIR_ERR_OK);
	virFreeError(none);
	g_assert_cmpint(virCopyLastError(NULL), ==, -1);
	g_assert_cmpint(virCopyLastError(&copy), ==, 0);
	g_assert_null(copy.message);
	last_error_take(g_error_new(DOM_ERROR, VIR_ERR_RESOURCE_BUSY, "m"), VIR_FROM_QEMU);
	g_assert_cmpint(virCopyLastError(&copy), ==, VIR_ERR_RESOURCE_BUSY);
	virResetLastError();
	g_assert_cmpstr(copy.message, ==, "resource busy: m");
	virResetError(&copy);
	g_assert_null(copy.message);
	virResetError(NULL);
	virFreeError(NULL);
	virDefaultErrorFunc(NULL);
	virDefaultErrorFunc(&copy);
}

static gpointer fail_in_thread(gpointer data)
{
	(void)data;
	g_assert_null(virGetLastError());
	last_error_take(g_error_new(DOM_ERROR, VIR_ERR_NO_DOMAIN, "other"), VIR_FROM_QEMU);
	return GINT_TO_POINTER(virGetLastErrorCode());
}

static void test_threads(void)
{
	gpointer code;

	last_error_take(g_error_new(DOM_ERROR, VIR_ERR_XML_ERROR, "mine"), VIR_FROM_QEMU);
	code = g_thread_join(g_thread_new("other", fail_in_thread, NULL));
	g_assert_cmpint(GPOINTER_TO_INT(code), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_XML_ERROR);
}

static void count_errors(void *data, virErrorPtr err)
{
	g_assert_cmpint(err->code, ==, VIR_ERR_INVALID_CONN);
	(*(int *)data)++;
}

static void test_error_func(void)
{
	int n = 0;

	virSetErrorFunc(&n, count_errors);
	g_assert_cmpint(virConnectClose(NULL), ==, -1);
	g_assert_cmpint(n, ==, 1);
	virSetErrorFunc(NULL, NULL);
	g_assert_cmpint(virConnectClose(NULL), ==, -1);
	g_assert_cmpint(n, ==, 1);
	g_assert_cmpstr(virGetLastErrorMessage(), ==,
			"invalid connection pointer in virConnectClose");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/api/error/classes", test_classes);
	g_test_add_func("/api/error/every-class-has-one-slot", test_every_class_has_one_slot);
	g_test_add_func("/api/error/dom-error", test_dom_error);
	g_test_add_func("/api/error/other-domains", test_other_domains);
	g_test_add_func("/api/error/reasons", test_reasons);
	g_test_add_func("/api/error/copies", test_copies);
	g_test_add_func("/api/error/threads", test_threads);
	g_test_add_func("/api/error/error-func", test_error_func);
	return g_test_run();
}
