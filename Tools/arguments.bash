# The arguments of the scripts in bash, which source this file before they change the directory.

script=$(realpath "$0")

# The script's name for messages, for example Tools/lint.
script_name=$(basename "$(dirname "$script")")/$(basename "$script")

# Prints the comment at the top of the script.
print_help() {
    awk 'NR == 1 { next } !/^#/ { exit } { sub(/^# ?/, ""); print }' "$script"
}

# Ends a script that was used in the wrong way. Arguments: what is wrong.
refuse() {
    printf '%s: %s\nTry "%s --help".\n' "$script_name" "$*" "$script_name" >&2
    exit 2
}

# For a script without options: prints its help, or refuses what it was given.
take_no_arguments() {
    case "${1:-}" in
    -h | --help)
        print_help
        exit 0
        ;;
    esac
    [ $# -eq 0 ] || refuse "it takes no arguments, and was given '$1'"
}
