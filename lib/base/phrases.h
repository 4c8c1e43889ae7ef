/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The short phrases that public scripts match, carried over from libvirt as facts. They stand at
 * the start of a message; our own explanation follows. `%s` and `%u` take the object named in
 * the comment.
 */
#define PHRASE_NOT_RUNNING "domain is not running"
#define PHRASE_ALREADY_ACTIVE "Domain is already active"
#define PHRASE_ALREADY_RUNNING "domain is already running"
#define PHRASE_NO_DOMAIN_NAME "no domain with matching name '%s'"
#define PHRASE_NO_DOMAIN_UUID "no domain with matching uuid '%s'"
#define PHRASE_NO_DOMAIN_ID "no domain with matching id %d"
#define PHRASE_NO_SNAPSHOT "no domain snapshot with matching name '%s'"
#define PHRASE_EXISTS "domain '%s' already exists with uuid %s"
#define PHRASE_TRANSIENT "cannot undefine transient domain"
#define PHRASE_SNAPSHOTS "cannot delete inactive domain with %u snapshots"
#define PHRASE_CHECKPOINTS "cannot delete inactive domain with %u checkpoints"
#define PHRASE_MANAGED_SAVE "Refusing to undefine while domain managed save image exists"
#define PHRASE_NVRAM "cannot undefine domain with nvram"
#define PHRASE_READ_ONLY "read only access prevents %s"
#define PHRASE_CONSOLE_TAKEN "Active console session exists for this domain"
#define PHRASE_NO_CURRENT "domain '%s' has no current snapshot"
