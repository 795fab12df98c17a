"""Cameras: the picture of the picked one, its viewer, and who looked; none of it is waited for."""

import json
import os
import time

from siaga_test import SIAGA, Feed, Screen, check, eventually, run, scope, start_feed


def home_with(config):
    home = scope.folder()
    folder = os.path.join(home, "config", "siaga")
    os.makedirs(folder)
    with open(os.path.join(folder, "siaga.conf"), "w", encoding="utf-8") as file:
        file.write(config)
    return home


def console(feed, config, cols=160, rows=45):
    screen = Screen([SIAGA, "--feed", feed.url, "--token-file", feed.token_file("ayu")], cols, rows,
                    home=home_with(config))
    screen.wait("LIVE")
    feed.alarm(kind="fire", place="Pasar Gede", lat=-7.5694, lon=110.7967)
    screen.wait("Pasar Gede")
    return screen


def leave(screen):
    screen.keys(":quit", "Enter")
    screen.exited()


def test_picture_of_the_picked_camera():
    feed = start_feed()
    ayu = console(feed, '[camera]\nsnapshot_every = 1s\n'
                        'snapshot = sh -c "yes AB | head -c $(($0 * $1 * 3))" {cols} {height}\n')
    ayu.wait(" old")
    check(any("▀" * 20 in line for line in ayu.dump()), ayu.text())
    ayu.keys("4", "j")
    eventually(lambda: ayu.has("the picture is coming"), "the next camera has no picture yet")
    ayu.wait(" old")
    # A smaller screen has no room for it, and a wide one has again.
    ayu.resize(80, 24)
    ayu.wait_gone("▀▀")
    ayu.resize(160, 45)
    ayu.wait("▀▀")
    leave(ayu)
    feed.stop()


def test_camera_that_hangs_holds_nothing_up():
    feed = start_feed()
    ayu = console(feed, '[camera]\nsnapshot = sh -c "sleep 1000" {url}\n')
    ayu.wait("the picture is coming")
    began = time.monotonic()
    ayu.keys("?")
    ayu.wait("HELP")
    check(time.monotonic() - began < 2, "the help took", time.monotonic() - began)
    ayu.keys("Esc")
    ayu.wait_gone("HELP")
    leave(ayu)
    feed.stop()


def test_why_there_is_no_picture():
    feed = start_feed()
    ayu = console(feed, "[camera]\nsnapshot = /nowhere/picture {url}\n")
    ayu.wait("Kabangan no picture")
    ayu.wait("picture cannot be started")
    leave(ayu)
    feed.stop()


def test_who_looked_is_in_the_history():
    feed = start_feed()
    budi = Feed(feed, "budi")
    ayu = console(feed, "[camera]\nviewer = true {url}\n", 120, 40)
    ayu.keys("4", "Enter")
    ayu.wait("Showing")
    ayu.wait("camera viewed")
    budi.until_seq(feed.head())
    viewed = [event for event in budi.events if event["type"] == "camera.viewed"]
    check(len(viewed) == 1 and viewed[0]["by"]["name"] == "ayu", json.dumps(viewed))
    leave(ayu)
    budi.close()
    feed.stop()


run(globals())
