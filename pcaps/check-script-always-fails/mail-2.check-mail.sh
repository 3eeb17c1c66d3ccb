#!/bin/sh
test -e /run/service.up
