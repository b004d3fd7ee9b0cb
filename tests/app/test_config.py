"""The configuration: what counts, and that everything wrong with it is said at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.config import KEYS, Address, Config, load_config
from bot.errors import ConfigError

# As Discord makes them, and nobody's.
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs-abcd"

Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load a configuration of this text (None: there is no file) and these variables, at home in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def loaded(text: str | None = "", **variables: str) -> Config:
        path = None
        if text is not None:
            path = tmp_path / "given.toml"
            path.write_text(text, encoding="utf-8")
        return load_config(path, {"HOME": str(tmp_path / "home"), **variables})

    return loaded


@pytest.fixture
def problems(load: Load) -> Callable[..., tuple[str, ...]]:
    """What is wrong with a configuration."""

    def found(text: str | None = "", **variables: str) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            load(text, **variables)
        return caught.value.problems

    return found


Problems = Callable[..., tuple[str, ...]]


# --- what counts


def test_without_file_and_environment_there_are_defaults(load: Load, tmp_path: Path) -> None:
    """`newsdesk search` works before anybody has configured anything."""
    config = load(None)

    assert config.token is None
    assert config.database == tmp_path / "home/.local/state/newsdesk/newsdesk.sqlite3"
    assert config.seeds == ()
    assert config.default_timezone == ZoneInfo("UTC")
    assert config.health_address == Address(host="127.0.0.1", port=8099)


def test_a_quality_is_given_for_a_providers_domain(load: Load) -> None:
    """In quotes: a domain has dots."""
    assert load('[quality]\n"wbur.org" = 80\n').quality == {"wbur.org": 80}


@pytest.mark.parametrize(
    "text",
    ['[quality]\n"wbur.org" = 1001', '[quality]\n"wbur.org" = "high"', "[quality]\nwbur.org = 80", "quality = 80"],
)
def test_a_quality_that_is_not_one_is_a_problem(problems: Problems, text: str) -> None:
    """With what is expected."""
    (problem,) = problems(text)

    assert problem.startswith("quality")
    assert problem.endswith('expected lines such as "example.com" = 80, from 0 to 1000')


def test_the_database_is_in_the_xdg_state_folder(load: Load) -> None:
    """State is never beside the code."""
    assert load(XDG_STATE_HOME="/var/lib").database == Path("/var/lib/newsdesk/newsdesk.sqlite3")


def test_a_relative_xdg_folder_is_ignored(load: Load, tmp_path: Path) -> None:
    """The XDG specification asks for it."""
    assert load(XDG_STATE_HOME="state").database.is_relative_to(tmp_path / "home")


def test_every_key_can_be_given_in_the_file(load: Load, tmp_path: Path) -> None:
    """One file says everything."""
    config = load(f"""
        token = "{TOKEN}"
        database = "/srv/news.sqlite3"
        seeds = ["/srv/news", "more"]
        default_timezone = "Europe/Berlin"
        log_level = "debug"
        log_format = "json"
        health_address = "[::1]:9000"
        interactions_address = "192.0.2.7:8100"
        interactions_public_key = "{"0F" * 32}"
        gateway = false
        owner_notices = false
        api_base = "http://127.0.0.1:8080/api/"
        [limits]
        commands_per_minute = 1
        commands_at_once = 2
        imports_per_hour = 3
        articles_per_shelf = 4
        shelf_megabytes = 5
    """)

    assert config.require_token() == TOKEN
    assert config.database == Path("/srv/news.sqlite3")
    assert config.seeds == (Path("/srv/news"), tmp_path / "more")
    assert config.default_timezone.key == "Europe/Berlin"
    assert (config.log_level, config.log_format) == ("DEBUG", "json")
    assert config.health_address == Address(host="::1", port=9000)
    assert config.interactions_address == Address(host="192.0.2.7", port=8100)
    assert config.interactions_public_key == "0f" * 32
    assert config.gateway is False
    assert config.owner_notices is False
    assert config.api_base == "http://127.0.0.1:8080/api"
    assert tuple(dict(config.limits).values()) == (1, 2, 3, 4, 5)


def test_every_key_can_be_given_in_the_environment(load: Load, tmp_path: Path) -> None:
    """A container has no file."""
    config = load(
        None,
        NEWSDESK_TOKEN=TOKEN,
        NEWSDESK_DATABASE="/srv/news.sqlite3",
        NEWSDESK_SEEDS="/srv/news:more",
        NEWSDESK_DEFAULT_TIMEZONE="Europe/Berlin",
        NEWSDESK_LOG_LEVEL="WARNING",
        NEWSDESK_LOG_FORMAT="json",
        NEWSDESK_HEALTH_ADDRESS="localhost:9000",
        NEWSDESK_OWNER_NOTICES="No",
        NEWSDESK_API_BASE="https://localhost/api",
        NEWSDESK_LIMITS_COMMANDS_PER_MINUTE="1",
        NEWSDESK_LIMITS_COMMANDS_AT_ONCE="2",
        NEWSDESK_LIMITS_IMPORTS_PER_HOUR="3",
        NEWSDESK_LIMITS_ARTICLES_PER_SHELF="4",
        NEWSDESK_LIMITS_SHELF_MEGABYTES="5",
    )

    assert config.require_token() == TOKEN
    assert config.database == Path("/srv/news.sqlite3")
    assert config.seeds == (Path("/srv/news"), tmp_path / "more")
    assert config.default_timezone.key == "Europe/Berlin"
    assert (config.log_level, config.log_format) == ("WARNING", "json")
    assert config.health_address == Address(host="localhost", port=9000)
    assert config.owner_notices is False
    assert config.api_base == "https://localhost/api"
    assert tuple(dict(config.limits).values()) == (1, 2, 3, 4, 5)


def test_the_environment_wins_over_the_file_key_by_key(load: Load) -> None:
    """One limit is replaced, the other stays."""
    limits = load("[limits]\ncommands_at_once = 2\nimports_per_hour = 2", NEWSDESK_LIMITS_COMMANDS_AT_ONCE="9").limits

    assert (limits.commands_at_once, limits.imports_per_hour) == (9, 2)


def test_an_empty_variable_counts_as_none(load: Load) -> None:
    """Compose files pass on variables that nobody has set."""
    config = load('default_timezone = "Europe/Berlin"', NEWSDESK_DEFAULT_TIMEZONE="", NEWSDESK_TOKEN="")

    assert (config.default_timezone.key, config.token) == ("Europe/Berlin", None)


def test_an_empty_text_of_the_file_counts_as_none_where_there_may_be_none(load: Load, tmp_path: Path) -> None:
    """A template's blanks are left blank."""
    (tmp_path / "token").write_text(TOKEN)

    config = load('token = ""\ntoken_file = "token"\napi_base = ""')

    assert (config.require_token(), config.api_base) == (TOKEN, None)


KEY = "0f" * 32


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('interactions_address = "127.0.0.1:8100"', "interactions_public_key: missing"),
        (f'interactions_public_key = "{KEY}"', "interactions_address: missing"),
        ("gateway = false", "gateway: false leaves no way for interactions to arrive"),
        (f'interactions_address = "example.com:1"\ninteractions_public_key = "{KEY}"', "is not an IP address"),
        ('interactions_address = "127.0.0.1:1"\ninteractions_public_key = "0f0f"', "is not a public key"),
    ],
)
def test_interactions_over_http_need_an_address_and_a_key(problems: Problems, text: str, named: str) -> None:
    """And without a gateway they need both."""
    (problem,) = problems(text)

    assert named in problem
    assert "; expected" in problem


def test_empty_keys_leave_interactions_to_the_gateway(load: Load) -> None:
    """As the example has them."""
    config = load('interactions_address = ""\ninteractions_public_key = ""')

    assert (config.interactions_address, config.interactions_public_key, config.gateway) == (None, None, True)


@pytest.mark.parametrize(("text", "variables"), [('health_address = ""', {}), ("", {"NEWSDESK_HEALTH_ADDRESS": ""})])
def test_an_empty_health_address_switches_it_off(load: Load, text: str, variables: dict[str, str]) -> None:
    """In the file and in the environment."""
    assert load(text, **variables).health_address is None


def test_a_list_in_the_environment_may_have_gaps(load: Load, tmp_path: Path) -> None:
    """Put together by a script, from variables of which one was empty."""
    assert load(NEWSDESK_SEEDS=":a::b:").seeds == (tmp_path / "a", tmp_path / "b")


def test_a_byte_order_mark_does_no_harm(load: Load) -> None:
    """Editors of one system write it."""
    assert load("\ufefflog_level = 'ERROR'").log_level == "ERROR"


def test_relative_paths_of_the_file_start_at_its_folder(tmp_path: Path) -> None:
    """Wherever the bot is started from; ~ is home."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "bot.toml").write_text('seeds = ["news", "~/news"]\ndatabase = "../db"')

    config = load_config(tmp_path / "etc" / "bot.toml", {"HOME": "/home/me"})

    assert config.seeds == (tmp_path / "etc/news", Path("/home/me/news"))
    assert config.database.resolve() == tmp_path / "db"


@pytest.mark.parametrize("place", ["config.toml", "home/.config/newsdesk/config.toml"])
def test_the_file_is_found_where_it_belongs(load: Load, tmp_path: Path, place: str) -> None:
    """Here, or in the XDG config folder."""
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text('log_level = "ERROR"')

    assert load(None).log_level == "ERROR"


def test_the_file_here_wins_over_the_one_at_home(load: Load, tmp_path: Path) -> None:
    """The nearest place counts alone."""
    (tmp_path / "xdg" / "newsdesk").mkdir(parents=True)
    (tmp_path / "xdg" / "newsdesk" / "config.toml").write_text('log_level = "ERROR"')
    (tmp_path / "config.toml").write_text('log_format = "json"')

    config = load(None, XDG_CONFIG_HOME=str(tmp_path / "xdg"))

    assert (config.log_level, config.log_format) == ("INFO", "json")


def test_the_token_is_read_from_its_file_without_the_line_break(load: Load, tmp_path: Path) -> None:
    """As an editor or systemd's credentials leave it."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")

    assert load('token_file = "token"').require_token() == TOKEN


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ('token_file = "other"', {"NEWSDESK_TOKEN": TOKEN}),
        ('token = "other"', {"NEWSDESK_TOKEN_FILE": "token"}),
    ],
)
def test_a_token_of_the_environment_wins_over_the_files_whichever_way_it_is_given(
    load: Load, tmp_path: Path, text: str, variables: dict[str, str]
) -> None:
    """The one that lost isn't even looked at."""
    (tmp_path / "token").write_text(TOKEN)

    assert load(text, **variables).require_token() == TOKEN


def test_the_token_never_shows(load: Load) -> None:
    """Neither in a dump of the configuration nor of its parts; `secrets` hands it to the log's redaction."""
    config = load(NEWSDESK_TOKEN=TOKEN)

    assert TOKEN not in f"{config!r} {config} {config.token!r} {config.model_dump()} {config.model_dump_json()}"
    assert config.secrets() == (TOKEN,)


def test_a_configuration_can_not_be_changed(load: Load) -> None:
    """What was checked stays what was checked."""
    config = load()

    with pytest.raises(ValueError, match="frozen"):
        config.log_level = "DEBUG"  # type: ignore[misc] # that it is refused is the test


# --- what goes wrong


def test_every_wrong_key_is_reported_at_once(problems: Problems) -> None:
    """Nobody fixes a file by starting a bot eleven times."""
    found = problems(
        """
        token = "two words"
        databse = "x"
        seeds = "news"
        default_timezone = "Mars/Olympus"
        log_level = "LOUD"
        log_format = 7
        health_address = "0.0.0.0:8099"
        api_base = "https://discord.com/api"
        [limits]
        commands_at_once = 0
        """,
        NEWSDESK_OWNER_NOTICES="perhaps",
        NEWSDESK_LIMITS_IMPORTS_PER_HOUR="ten",
    )

    assert sorted(problem.split(":")[0] for problem in found) == [
        "NEWSDESK_LIMITS_IMPORTS_PER_HOUR",
        "NEWSDESK_OWNER_NOTICES",
        "api_base",
        "databse",
        "default_timezone",
        "health_address",
        "limits.commands_at_once",
        "log_format",
        "log_level",
        "seeds",
        "token",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("log_level = 5", "log_level: is not a string; expected one of DEBUG, INFO, WARNING, ERROR"),
        ('log_level = "LOUD"', "log_level: 'LOUD' can't be used; expected one of DEBUG, INFO, WARNING, ERROR"),
        ('log_format = "xml"', "log_format: 'xml' can't be used; expected console or json"),
        ("owner_notices = 1", "owner_notices: 1 can't be used; expected true or false"),
        ('seeds = "news"', "seeds: is not a list; expected a list of folders"),
        ("seeds = [1]", "seeds: is not a string; expected a list of folders"),
        ('seeds = [""]', "seeds: is empty; expected a list of folders"),
        ('database = ""', "database: is empty; expected the path of a file"),
        ("limits = 5", "limits: 5 can't be used; expected a table of whole numbers"),
        (
            "[limits]\nshelf_megabytes = 0",
            "limits.shelf_megabytes: 0 can't be used; expected a whole number from 1 to 4096",
        ),
        (
            '[limits]\ncommands_at_once = "5"',
            "limits.commands_at_once: '5' can't be used; expected a whole number from 1 to 50",
        ),
        (
            "[limits]\ncommands_at_once = true",
            "limits.commands_at_once: True can't be used; expected a whole number from 1 to 50",
        ),
    ],
)
def test_a_wrong_value_is_reported_with_what_is_expected(problems: Problems, text: str, sentence: str) -> None:
    """The value, and what is expected."""
    assert problems(text) == (sentence,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('databse = "x"', "databse: unknown key (did you mean database?)"),
        ('Token = "x"', "Token: unknown key (did you mean token?)"),
        ("commands_at_once = 5", "commands_at_once: unknown key (did you mean limits.commands_at_once?)"),
        (
            "[limits]\nimport_per_hour = 5",
            "limits.import_per_hour: unknown key (did you mean limits.imports_per_hour?)",
        ),
        ('[limits]\nseeds = ["x"]', "limits.seeds: unknown key (did you mean seeds?)"),
        ("[limit]\nx = 1", "limit: unknown key (did you mean limits?)"),
        ("zzz = 1", "zzz: unknown key; expected"),
    ],
)
def test_an_unknown_key_is_reported_with_the_nearest_one(problems: Problems, text: str, sentence: str) -> None:
    """A typo doesn't become a silent default."""
    (problem,) = problems(text)

    assert problem.startswith(sentence)


def test_a_variable_that_is_nearly_ours_is_reported(problems: Problems) -> None:
    """NEWSDESK_TOKNE would otherwise be a bot without a token."""
    assert problems(NEWSDESK_TOKNE="x") == ("NEWSDESK_TOKNE: unknown variable; expected NEWSDESK_TOKEN",)


@pytest.mark.parametrize(
    "name", ["NEWSDESK_SERVICE_HOST", "NEWSDESK_PORT_8099_TCP", "NEWSDESK_DATA", "NEWSDESK_CONFIG"]
)
def test_a_variable_of_somebody_else_is_left_alone(load: Load, name: str) -> None:
    """Kubernetes sets the first two for a service of that name."""
    assert load(**{name: "x"}) == load()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin?"),
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("../etc/passwd", "unknown time zone"),
        ("Europe", "unknown time zone"),
        ("/etc/localtime", "unknown time zone"),
    ],
)
def test_an_unknown_zone_is_reported_with_the_nearest_one(problems: Problems, name: str, hint: str) -> None:
    """Also where the name is a path or a folder of the database."""
    (problem,) = problems(f'default_timezone = "{name}"')

    assert problem.startswith("default_timezone: unknown time zone")
    assert hint in problem


@pytest.mark.parametrize(
    "address",
    [
        "https://discord.com/api",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://localhost:1@10.0.0.1/",
        "http://10.0.0.1:8080",
        "http://0.0.0.0:8080",
        "http://[::]/",
        "http://[::1/",
        "http://127.0.0.1:99999/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user:word@127.0.0.1/",
        "127.0.0.1:8080",
        "http://",
    ],
)
def test_the_api_is_never_asked_at_another_machine(problems: Problems, address: str) -> None:
    """The token goes to that address."""
    (problem,) = problems(api_base(address))

    assert problem.startswith("api_base: ")
    assert problem.endswith("expected a URL on this machine, such as http://127.0.0.1:8080/api")


def api_base(address: str) -> str:
    """A file with this address."""
    return f'api_base = "{address}"'


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0:8099",
        "192.168.1.1:80",
        "[::]:80",
        "example.com:80",
        ":80",
        "127.0.0.1",
        "127.0.0.1:x",
        "127.0.0.1:70000",
    ],
)
def test_health_is_never_open_to_other_machines(problems: Problems, address: str) -> None:
    """It has no password."""
    (problem,) = problems(NEWSDESK_HEALTH_ADDRESS=address)

    assert problem.startswith("NEWSDESK_HEALTH_ADDRESS: ")


def test_a_seeds_folder_that_is_a_file_is_reported(problems: Problems, tmp_path: Path) -> None:
    """A folder that isn't there yet is fine."""
    (tmp_path / "news.txt").touch()

    (problem,) = problems('seeds = ["later", "news.txt"]')

    assert "news.txt is not a folder" in problem


def test_broken_toml_is_reported_with_its_line(problems: Problems) -> None:
    """Together with what is wrong in the environment."""
    broken, level = problems('seeds = []\nlog_level = "INFO', NEWSDESK_LOG_LEVEL="LOUD")

    assert "given.toml: " in broken
    assert "line 2" in broken
    assert level.startswith("NEWSDESK_LOG_LEVEL: ")


def test_a_file_that_is_not_utf_8_is_reported_with_its_byte(tmp_path: Path) -> None:
    """Saved by an editor of another age."""
    path = tmp_path / "config.toml"
    path.write_bytes(b'# caf\xe9\ntoken = "x"')

    with pytest.raises(ConfigError, match="byte 6 is not UTF-8"):
        load_config(path, {})


@pytest.mark.parametrize("name", ["absent.toml", "."])
def test_a_file_that_was_named_must_be_readable(tmp_path: Path, name: str) -> None:
    """Defaults in its place would be a surprise."""
    with pytest.raises(ConfigError, match="can't be read"):
        load_config(tmp_path / name, {})


TOKEN_FILE = "a file that contains only the token"


def test_a_missing_token_file_is_reported_under_the_name_that_the_operator_used(
    problems: Problems, tmp_path: Path
) -> None:
    """The variable, or the key."""
    path = tmp_path / "absent"

    assert problems(NEWSDESK_TOKEN_FILE=str(path)) == (
        f"NEWSDESK_TOKEN_FILE: {path} can't be read (No such file or directory); expected {TOKEN_FILE}",
    )
    assert problems(f'token_file = "{path}"')[0].startswith("token_file: ")


@pytest.mark.parametrize("content", [b"", b"\n", b"one two", b"Bot abc", b"\xff\xfe", "tökén".encode()])
def test_a_token_file_with_anything_else_in_it_is_reported(problems: Problems, tmp_path: Path, content: bytes) -> None:
    """Empty, a sentence, the header's form, another encoding."""
    (tmp_path / "token").write_bytes(content)

    (problem,) = problems('token_file = "token"')

    assert problem.startswith("token_file: ")


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ('token = "a"\ntoken_file = "token"', {}),
        ("", {"NEWSDESK_TOKEN": "a", "NEWSDESK_TOKEN_FILE": "token"}),
    ],
)
def test_two_tokens_of_one_place_are_reported(
    problems: Problems, tmp_path: Path, text: str, variables: dict[str, str]
) -> None:
    """Nobody can know which one was meant."""
    (tmp_path / "token").write_text("b")

    (problem,) = problems(text, **variables)

    assert problem.endswith("is set as well; expected only one of them")


@pytest.mark.parametrize("wrong", [f"Bot {TOKEN}", f"{TOKEN} {TOKEN}", f"“{TOKEN}”"])
def test_a_wrong_token_is_reported_without_showing_it(load: Load, wrong: str) -> None:
    """The message ends up in logs and in questions to strangers; so may the traceback."""
    with pytest.raises(ConfigError) as caught:
        load(NEWSDESK_TOKEN=wrong)

    assert TOKEN not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_token_given_as_a_header_is_reported_with_what_to_leave_out(problems: Problems) -> None:
    """Copied from an example of Discord's documentation."""
    (problem,) = problems(NEWSDESK_TOKEN="Bot abc")

    assert problem.startswith("NEWSDESK_TOKEN: starts with 'Bot '; expected only the bot's token")


def test_a_token_in_a_wrong_key_is_not_shown(problems: Problems) -> None:
    """Pasted one line too low."""
    assert TOKEN not in " ".join(problems(f'log_level = "{TOKEN}"\nlog_format = "{TOKEN}"\nowner_notices = "{TOKEN}"'))


def test_a_missing_token_is_reported_with_where_to_get_one_and_how_to_give_it(load: Load) -> None:
    """Only when a command needs it."""
    with pytest.raises(ConfigError) as caught:
        load().require_token()

    assert all(
        part in str(caught.value) for part in ("Developer Portal", "Reset Token", "NEWSDESK_TOKEN", "token_file")
    )
    assert caught.value.exit_status == 78


def test_an_error_names_the_file_to_fix(load: Load) -> None:
    """There may be several on a machine."""
    with pytest.raises(ConfigError, match=r"Fix .*given\.toml or the environment"):
        load("zzz = 1")


@given(values=st.dictionaries(st.sampled_from(KEYS), st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_whatever_the_environment_says_the_answer_is_a_configuration_or_its_problems(values: dict[str, str]) -> None:
    """No other error comes out, and each problem says what is expected."""
    environ = {f"NEWSDESK_{key.upper().replace('.', '_')}": text for key, text in values.items()}
    problems: tuple[str, ...] = ()

    try:
        load_config(None, {"HOME": "/home/me", **environ})
    except ConfigError as error:
        problems = error.problems

    assert all("; expected" in problem for problem in problems)


@pytest.mark.parametrize("name", [r"a\u0000b", "x" * 5000])
@pytest.mark.parametrize("key", ["token_file", "database", "seeds"])
def test_a_path_that_no_file_can_have_is_not_an_accident(load: Load, key: str, name: str) -> None:
    """It is reported, or left to the code that opens it; no other error occurs."""
    problems: tuple[str, ...] = ()

    try:
        load(f'{key} = ["{name}"]' if key == "seeds" else f'{key} = "{name}"')
    except ConfigError as error:
        problems = error.problems

    assert all("; expected" in problem for problem in problems)
