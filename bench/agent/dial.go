// A prober as it is usually written in Go: net.DialTimeout in a goroutine a probe.
//
//	dial FIRST-ADDRESS PEERS PORT PROBES-PER-SECOND
package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		fmt.Fprintln(os.Stderr, "usage: dial FIRST-ADDRESS PEERS PORT PROBES-PER-SECOND")
		os.Exit(2)
	}
	return n
}

func probe(address string, results chan<- time.Duration) {
	begun := time.Now()
	connection, err := net.DialTimeout("tcp", address, 2500*time.Millisecond)
	took := time.Since(begun)
	if err != nil {
		results <- -1
		return
	}
	// Closing resets the connection: no TIME_WAIT.
	connection.(*net.TCPConn).SetLinger(0)
	connection.Close()
	results <- took
}

func main() {
	if len(os.Args) != 5 {
		number("")
	}
	first := binary.BigEndian.Uint32(net.ParseIP(os.Args[1]).To4())
	peers, port, rate := number(os.Args[2]), number(os.Args[3]), number(os.Args[4])
	targets := make([]string, peers)
	for i := range targets {
		ip := make(net.IP, 4)
		binary.BigEndian.PutUint32(ip, first+uint32(i))
		targets[i] = net.JoinHostPort(ip.String(), strconv.Itoa(port))
	}
	results := make(chan time.Duration, 1024)
	go func() {
		var sum time.Duration
		for took := range results {
			sum += took
		}
	}()
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	for i := 0; ; i++ {
		<-ticker.C
		go probe(targets[i%peers], results)
	}
}
