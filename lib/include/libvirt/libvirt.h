/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The library's door: includes everything that carries a libvirt name, as programs written for
 * libvirt expect. Errors live in <libvirt/virterror.h>; what libvirt has no name for lives in
 * <domsh/domsh.h>.
 *
 * Names, numeric values and signatures are libvirt's (level 9.0.0), so that a program compiled
 * against either set of headers means the same. No daemon stands behind them: each call reads
 * or changes the store of the connection itself.
 *
 * In all headers:
 *  - A function that fails returns -1, NULL or 0 as its comment says and sets the last error of
 *    the calling thread, see virGetLastError(). A function that succeeds leaves none behind.
 *    What is declared but not built yet fails with VIR_ERR_NO_SUPPORT.
 *  - NULL and handles of another kind are errors (VIR_ERR_INVALID_CONN, VIR_ERR_INVALID_DOMAIN,
 *    VIR_ERR_INVALID_DOMAIN_SNAPSHOT, …); a freed handle is recognised as far as the memory still
 *    tells. Bits in `flags` that are unknown, or that this build cannot honour, are
 *    VIR_ERR_INVALID_ARG. Comments below do not repeat these.
 *  - Whatever changes something fails on a read-only connection with VIR_ERR_OPERATION_DENIED,
 *    before anything was looked at.
 *  - Handles are counted references and may be used from several threads at once.
 *  - Strings are UTF-8 and end with a zero byte.
 *  - "Rule: x" names a table of lib/rules, where what is refused and when is written down.
 */
#include <libvirt/libvirt-common.h>
#include <libvirt/libvirt-host.h>
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-guest.h>
#include <libvirt/libvirt-domain-inspect.h>
#include <libvirt/libvirt-domain-save.h>
#include <libvirt/libvirt-domain-checkpoint.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <libvirt/libvirt-domain-event.h>
#include <libvirt/libvirt-event.h>
#include <libvirt/libvirt-stream.h>
