"""The console speaks the operator's language, on any machine, from the build and installed alike."""

import os
import shutil

from siaga_test import SIAGA, Screen, check, check_eq, run, scope

ENGLISH = "NO DATA YET"
INDONESIAN = "BELUM ADA DATA"


def console(program=SIAGA, args=(), **env):
    """siaga without a feed and with nothing cached, in an environment that says only this much."""
    home = scope.folder()
    words = ["env", "-u", "LANG", "-u", "LC_ALL", *("%s=%s" % one for one in env.items())]
    state = os.path.join(home, "state")
    return Screen([*words, program, "--offline", "--state", state, *args], 80, 24, home=home)


def says(screen, text):
    rows = screen.wait(text)
    screen.keys(":quit", "Enter")
    check_eq(screen.exited(), (0, None), "exit of the console")
    return "\n".join(rows)


def test_indonesian_by_the_locale_though_the_machine_does_not_have_it():
    for env in (
        {"LANG": "id_ID.UTF-8"},
        {"LC_ALL": "id_ID.UTF-8"},
        {"LC_MESSAGES": "id_ID.UTF-8", "LANG": "en_US.UTF-8"},
        {"LANG": "id_ID"},
        {"LANG": "id_ID.UTF-8@variant"},
    ):
        text = says(console(**env), INDONESIAN)
        check("┌" in text, env, "draws lines:\n" + text)


def test_indonesian_by_the_list_of_languages():
    for env in (
        {"LANGUAGE": "id"},
        {"LANGUAGE": "id", "LC_ALL": "C.UTF-8"},
        {"LANGUAGE": "jv:id:en", "LANG": "en_US.UTF-8"},
        {"LANGUAGE": "id_ID", "LANG": "C.UTF-8"},
    ):
        says(console(**env), INDONESIAN)


def test_english_otherwise():
    for env in (
        {},
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "fr_FR.UTF-8"},
        {"LANG": "id_ID.UTF-8", "LANGUAGE": "en:id"},
        {"LC_ALL": "C", "LANGUAGE": "id"},
        {"LANG": "../../etc", "LANGUAGE": "/tmp:x" + "y" * 300},
    ):
        says(console(**env), ENGLISH)


def test_language_that_is_named_counts_before_the_machines():
    says(console(args=("--language", "id"), LC_ALL="C.UTF-8"), INDONESIAN)
    says(console(args=("--language", "id"), LC_ALL="C", LANGUAGE="en"), INDONESIAN)
    says(console(args=("--language", "en"), LANG="id_ID.UTF-8", LANGUAGE="id"), ENGLISH)
    says(console(args=("--language", "auto"), LANG="id_ID.UTF-8"), INDONESIAN)


def test_language_that_there_is_not_is_said_in_the_one_there_is():
    screen = console(args=("--language", "jv"), LANG="id_ID.UTF-8")
    screen.wait("jv: bahasa itu tidak ada; auto, id atau en")
    check_eq(screen.exited(), (2, None), "exit of the console")


def test_who_says_c_gets_letters_that_every_terminal_has():
    text = says(console(LC_ALL="C"), ENGLISH)
    check(text.isascii(), text)


def test_catalogue_is_found_where_an_installed_tree_was_moved_to():
    root = scope.folder()
    os.makedirs(os.path.join(root, "bin"))
    program = shutil.copy(SIAGA, os.path.join(root, "bin"))
    built = os.path.join(os.path.dirname(SIAGA), "po", "id")
    shutil.copytree(built, os.path.join(root, "share", "locale", "id"))
    says(console(program, LANGUAGE="id"), INDONESIAN)


def test_numbers_stay_as_the_feed_writes_them():
    screen = console(LANG="id_ID.UTF-8", LC_NUMERIC="id_ID.UTF-8")
    check("," not in says(screen, INDONESIAN).split("\n")[0], "status line")


run(globals())
