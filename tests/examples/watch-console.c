/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch-console URI DOMAIN [TEXT]: send TEXT to a guest's console, and print what comes from it until
 * the guest ends or somebody else takes the console (virsh console --force). No thread waits: the
 * event loop calls when there is something, as it would for other events of the same program.
 *
 *	cc watch-console.c $(pkg-config --cflags --libs domsh)
 */
#include <stdio.h>
#include <string.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

struct console {
	const char *unsent;
	int is_over;
};

/* As much as goes without waiting. */
static int send_some(virStreamPtr stream, struct console *c)
{
	int n = virStreamSend(stream, c->unsent, strlen(c->unsent));

	if (n > 0)
		c->unsent += n;
	if (!*c->unsent)
		virStreamEventUpdateCallback(stream, VIR_STREAM_EVENT_READABLE);
	return n;
}

static int print_some(virStreamPtr stream)
{
	char text[1024];
	int n = virStreamRecv(stream, text, sizeof(text));

	if (n > 0) {
		fwrite(text, 1, (size_t)n, stdout);
		fflush(stdout);
	}
	return n;
}

static void on_console(virStreamPtr stream, int events, void *data)
{
	struct console *c = data;

	if (events & VIR_STREAM_EVENT_WRITABLE && *c->unsent && send_some(stream, c) == -1)
		c->is_over = 1;
	/* 0: the end, -1: an error, -2: nothing there at the moment. */
	if (events & ~VIR_STREAM_EVENT_WRITABLE && (unsigned int)print_some(stream) + 1 <= 1)
		c->is_over = 1;
}

static int watch(virDomainPtr domain, const char *text)
{
	const int events = VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_WRITABLE;
	virStreamPtr stream = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK);
	struct console c = { .unsent = text };
	int status = -1;

	if (stream && virDomainOpenConsole(domain, NULL, stream, 0) == 0 &&
	    virStreamEventAddCallback(stream, events, on_console, &c, NULL) == 0) {
		status = 0;
		while (!c.is_over && status == 0)
			status = virEventRunDefaultImpl();
		virStreamAbort(stream);
	}
	if (status < 0)
		fprintf(stderr, "%s\n", virGetLastErrorMessage());
	if (stream)
		virStreamFree(stream);
	return status;
}

int main(int argc, char **argv)
{
	virConnectPtr conn = NULL;
	virDomainPtr domain = NULL;
	int status = -1;

	if (argc < 3 || virEventRegisterDefaultImpl() < 0)
		return 1;
	conn = virConnectOpen(argv[1]);
	domain = conn ? virDomainLookupByName(conn, argv[2]) : NULL;
	if (domain)
		status = watch(domain, argc > 3 ? argv[3] : "");
	else
		fprintf(stderr, "%s\n", virGetLastErrorMessage());
	if (domain)
		virDomainFree(domain);
	if (conn)
		virConnectClose(conn);
	return status < 0;
}
