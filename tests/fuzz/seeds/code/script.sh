#!/bin/sh
echo "$b" > x
