// The log as Go's own checksum database reads one: golang.org/x/mod/sumdb/note and tlog.
//
//	go run tlog.go LOGDIR VKEY OLD...
//
// Opens the checkpoint, recomputes the root from the tiles, and checks a proof of inclusion for
// every entry (of a large log, every 101st) and of consistency from each OLD size. Prints the size; exit 1 where anything fails.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads C2SP's paths, which are Go's without the height.
type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAILED:", err)
		os.Exit(1)
	}
}

func bundle(folder string, index, size int64) []byte {
	tile := tlog.Tile{H: 8, L: 0, N: index, W: int(min(256, size-index*256))}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(folder, path))
	must(err)
	return data
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func main() {
	folder, vkey := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(vkey)
	must(err)
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var hash tlog.Hash
	copy(hash[:], root)
	tree := tlog.Tree{N: size, Hash: hash}
	reader := tlog.TileHashReader(tree, tiles{folder})
	found, err := tlog.TreeHash(size, reader)
	must(err)
	if found != hash || len(root) != sha256.Size {
		must(fmt.Errorf("the root is not that of the tiles"))
	}
	for index := int64(0); index*256 < size; index++ {
		data := bundle(folder, index, size)
		for number := index * 256; len(data) > 0; number++ {
			length := binary.BigEndian.Uint16(data)
			entry := data[2 : 2+length]
			data = data[2+length:]
			if size > 2000 && number%101 != 0 {
				continue // enough of a large log: a proof reads its tiles anew
			}
			proof, err := tlog.ProveRecord(size, number, reader)
			must(err)
			must(tlog.CheckRecord(proof, size, hash, number, tlog.RecordHash(entry)))
		}
	}
	for _, word := range os.Args[3:] {
		old, err := strconv.ParseInt(word, 10, 64)
		must(err)
		before, err := tlog.TreeHash(old, reader)
		must(err)
		proof, err := tlog.ProveTree(size, old, reader)
		must(err)
		must(tlog.CheckTree(proof, size, hash, old, before))
	}
	fmt.Println(size)
}
